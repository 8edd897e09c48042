import type { Engine, PreparedExec } from '../../docker/engine.js';
import { HalabError } from '../../errors/halab-error.js';
import { renderConfig } from './config.js';
import { candidatePath, configFile, configPath } from './kind.js';

/** How HAProxy is made to take its configuration: a reload keeps the listening socket, a restart does not. */
export type HaproxyAction = 'reload' | 'restart';

export const checkCommand = ['haproxy', '-c', '-q', '-f', candidatePath] as const;
const installCommand = `mv ${candidatePath} ${configPath}`;
/**
 * Puts the checked configuration in force. Process 1 is tini, which passes SIGUSR2 on to HAProxy's master
 * (management guide, 4: the master reloads and a new worker takes the listening sockets over).
 */
export const pointCommand = ['sh', '-c', `${installCommand} && kill -USR2 1`] as const;

/** Writes the new haproxy.cfg beside the one in force and has HAProxy check it. @throws PROXY_CONFIG_INVALID */
export async function stageConfig(engine: Engine, containerId: string, writesTo: string): Promise<void> {
  await engine.putFiles(containerId, [configFile(candidatePath, renderConfig(writesTo))]);
  const { exitCode, stdout, stderr } = await engine.exec(containerId, checkCommand);
  if (exitCode === 0) return;
  throw new HalabError(
    'PROXY_CONFIG_INVALID',
    'HAProxy refused the new haproxy.cfg; the old one is still in force.',
    {
      lines: `${stdout}${stderr}`.trim().split('\n'),
    },
  );
}

/** Gets the last step ready: with a reload, one program puts the file in place and signals the master. */
export const preparePoint = (engine: Engine, containerId: string, action: HaproxyAction): PreparedExec =>
  engine.prepareExec(containerId, action === 'reload' ? pointCommand : ['sh', '-c', installCommand]);

/** Puts a staged configuration in force. @throws COMMAND_FAILED */
export async function point(
  engine: Engine,
  containerId: string,
  action: HaproxyAction,
  prepared: PreparedExec,
): Promise<void> {
  const { exitCode, stderr } = await prepared.run();
  if (exitCode !== 0) {
    throw new HalabError('COMMAND_FAILED', 'The new haproxy.cfg could not be put in place.', {
      lines: stderr.split('\n'),
    });
  }
  if (action === 'restart') {
    await engine.stopContainer(containerId, 5);
    await engine.startContainer(containerId);
  }
}

/** For an HAProxy that does not run and so cannot check: writes its configuration and starts it. */
export async function startWithConfig(engine: Engine, containerId: string, writesTo: string): Promise<void> {
  await engine.putFiles(containerId, [configFile(configPath, renderConfig(writesTo))]);
  await engine.startContainer(containerId);
}
