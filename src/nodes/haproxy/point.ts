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

/**
 * Writes the new haproxy.cfg beside the one in force and has HAProxy check it. The same program then waits for
 * the word to put it in force: with a reload it also signals the master.
 */
export const preparePoint = (
  engine: Engine,
  containerId: string,
  writesTo: string,
  action: HaproxyAction,
): PreparedExec =>
  engine.prepareExec(containerId, {
    preparation: `printf '%s' "$HAPROXY_CFG" > ${candidatePath} && ${checkCommand.join(' ')}`,
    env: { HAPROXY_CFG: renderConfig(writesTo) },
    command: action === 'reload' ? pointCommand : ['sh', '-c', installCommand],
  });

/** Waits for HAProxy's word on the new configuration. @throws PROXY_CONFIG_INVALID */
export async function checkConfig(prepared: PreparedExec): Promise<void> {
  const ended = await prepared.ready();
  if (ended === null) return;
  throw new HalabError(
    'PROXY_CONFIG_INVALID',
    'HAProxy refused the new haproxy.cfg; the old one is still in force.',
    { lines: `${ended.stdout}${ended.stderr}`.trim().split('\n') },
  );
}

/** Puts the checked configuration in force. @throws COMMAND_FAILED */
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
