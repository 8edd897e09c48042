import type { Engine } from '../../docker/engine.js';
import { HalabError } from '../../errors/halab-error.js';
import { renderConfig } from './config.js';
import { candidatePath, configFile, configPath } from './kind.js';

/** How HAProxy is made to take its configuration: a reload keeps the listening socket, a restart does not. */
export type HaproxyAction = 'reload' | 'restart';

/** The commands as a person would type them inside the container; shown by `--dry-run`. */
export const checkCommand = ['haproxy', '-c', '-q', '-f', candidatePath] as const;
export const installCommand = ['mv', candidatePath, configPath] as const;

/** Writes the new haproxy.cfg beside the one in force and has HAProxy check it. @throws PROXY_CONFIG_INVALID */
export async function stageConfig(engine: Engine, containerId: string, writesTo: string): Promise<void> {
  await engine.putFiles(containerId, [configFile(candidatePath, renderConfig(writesTo))]);
  const { exitCode, stdout, stderr } = await engine.exec(containerId, checkCommand);
  if (exitCode === 0) return;
  throw new HalabError('PROXY_CONFIG_INVALID', 'HAProxy refused the new haproxy.cfg.', {
    lines: `${stdout}${stderr}`.trim().split('\n'),
  });
}

/** Puts a configuration in force that needs no check because it was checked before, or HAProxy is not running. */
export const writeConfig = (engine: Engine, containerId: string, writesTo: string): Promise<void> =>
  engine.putFiles(containerId, [configFile(configPath, renderConfig(writesTo))]);
