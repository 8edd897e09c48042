import type { Engine, PreparedExec } from '../../docker/engine.js';
import { HalabError } from '../../errors/halab-error.js';
import { type ProxyConfig, parseConfig, renderConfig } from './config.js';
import { candidatePath, configFile, configPath } from './kind.js';

/** How HAProxy is made to take its configuration: a reload keeps the listening socket, a restart does not. */
export type HaproxyAction = 'reload' | 'restart';

export const checkCommand = (writesTo: string): readonly string[] => [
  'haproxy',
  '-c',
  '-q',
  '-f',
  candidatePath(writesTo),
];
const installCommand = (writesTo: string): string =>
  `mv ${candidatePath(writesTo)} ${configPath} && rm -f ${candidatePath('*')}`;
/**
 * Puts a checked configuration in force. Process 1 is tini, which passes SIGUSR2 on to HAProxy's master
 * (management guide, 4: the master reloads and a new worker takes the listening sockets over).
 */
export const reloadScript = (writesTo: string): string => `${installCommand(writesTo)} && kill -USR2 1`;

/**
 * Prints the haproxy.cfg in force, writes one beside it for each of these servers, and has HAProxy check those that
 * are not in force already: a failover waits for it. The same program then waits for the name of the server to
 * point at; with a reload it also signals the master.
 */
export const preparePoint = (
  engine: Engine,
  containerId: string,
  {
    servers,
    action,
    ...config
  }: { servers: readonly string[]; action: HaproxyAction } & Omit<ProxyConfig, 'writesTo'>,
): PreparedExec =>
  engine.prepareExec(containerId, {
    preparation: [
      `cat ${configPath}`,
      ...servers.flatMap((server, index) => [
        `printf '%s' "$HAPROXY_CFG_${index}" > ${candidatePath(server)}`,
        `{ cmp -s ${candidatePath(server)} ${configPath} || ${checkCommand(server).join(' ')}; }`,
      ]),
    ].join(' && '),
    env: Object.fromEntries(
      servers.map((writesTo, index) => [`HAPROXY_CFG_${index}`, renderConfig({ ...config, writesTo })]),
    ),
    command: ['sh', '-c', action === 'reload' ? reloadScript('$1') : installCommand('$1'), 'sh'],
  });

/**
 * Waits for HAProxy's word on the new configurations.
 *
 * @returns the node that the configuration in force sends writes to; undefined when it names no single one
 * @throws PROXY_CONFIG_INVALID
 */
export async function checkConfig(prepared: PreparedExec): Promise<string | undefined> {
  const { exitCode, stdout, stderr } = await prepared.ready();
  if (exitCode === 0) return parseConfig(stdout).writesTo;
  throw new HalabError(
    'PROXY_CONFIG_INVALID',
    'HAProxy refused the new haproxy.cfg; the old one is still in force.',
    { lines: stderr.trim().split('\n') },
  );
}

/** Puts the checked configuration for this node in force. @throws COMMAND_FAILED */
export async function point(
  engine: Engine,
  containerId: string,
  { prepared, writesTo, action }: { prepared: PreparedExec; writesTo: string; action: HaproxyAction },
): Promise<void> {
  const { exitCode, stderr } = await prepared.run(writesTo);
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
export async function startWithConfig(
  engine: Engine,
  containerId: string,
  config: ProxyConfig,
): Promise<void> {
  await engine.putFiles(containerId, [configFile(configPath, renderConfig(config))]);
  await engine.startContainer(containerId);
}
