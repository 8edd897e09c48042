import { createHash } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { EngineEndpoint } from './engine.js';

/** Where the engines people run put their sockets, most usual first. */
const usualSockets = (home: string, runtimeDir: string): { path: string; name: string }[] => [
  { path: '/var/run/docker.sock', name: 'the usual socket' },
  { path: join(runtimeDir, 'docker.sock'), name: 'the socket of rootless Docker' },
  { path: join(home, '.docker/run/docker.sock'), name: 'the socket of Docker Desktop' },
  { path: join(home, '.docker/desktop/docker.sock'), name: 'the socket of Docker Desktop' },
  { path: join(home, '.colima/default/docker.sock'), name: 'the socket of Colima' },
  { path: join(home, '.colima/docker.sock'), name: 'the socket of Colima' },
  { path: join(runtimeDir, 'podman/podman.sock'), name: 'the socket of Podman' },
  { path: '/run/podman/podman.sock', name: 'the socket of Podman' },
];

/** The current context of the docker command, unless it is `default`, which means the usual socket. */
function currentContext(env: NodeJS.ProcessEnv, home: string): EngineEndpoint | undefined {
  const configDir = env['DOCKER_CONFIG'] ?? join(home, '.docker');
  try {
    const config = JSON.parse(readFileSync(join(configDir, 'config.json'), 'utf8')) as {
      currentContext?: string;
    };
    const name = env['DOCKER_CONTEXT'] ?? config.currentContext;
    if (name === undefined || name === 'default') return undefined;
    const id = createHash('sha256').update(name).digest('hex');
    const meta = JSON.parse(readFileSync(join(configDir, 'contexts/meta', id, 'meta.json'), 'utf8')) as {
      Endpoints?: { docker?: { Host?: string } };
    };
    const url = meta.Endpoints?.docker?.Host;
    return url === undefined ? undefined : endpointAt(url, `the docker context "${name}"`);
  } catch {
    return undefined; // No configuration, or none that can be read: the sockets are next.
  }
}

function endpointAt(url: string, foundBy: string): EngineEndpoint {
  const remote = /^(?:tcp|https?|ssh):/.test(url) ? new URL(url).hostname : undefined;
  const publishAddress = remote === undefined || remote === 'localhost' ? '127.0.0.1' : remote;
  return { url, foundBy, publishAddress };
}

/**
 * Where the engine should be: DOCKER_HOST, then the current docker context, then the sockets that exist. A
 * setting of the user's is never passed over: where DOCKER_HOST is set, it is the only answer.
 */
export function candidateEndpoints(env: NodeJS.ProcessEnv): EngineEndpoint[] {
  const home = env['HOME'] ?? '/';
  const host = env['DOCKER_HOST'];
  if (host !== undefined && host !== '') return [endpointAt(host, 'DOCKER_HOST')];
  const context = currentContext(env, home);
  if (context !== undefined) return [context];
  const runtimeDir = env['XDG_RUNTIME_DIR'] ?? `/run/user/${process.getuid?.() ?? 0}`;
  return usualSockets(home, runtimeDir)
    .filter(({ path }) => existsSync(path))
    .map(({ path, name }) => endpointAt(`unix://${path}`, name));
}

/** The IPv4 address of a name; rejects when there is none. */
type Resolve = (name: string) => Promise<string>;
const resolveIpv4: Resolve = async (name) => (await lookup(name, { family: 4 })).address;

/**
 * The endpoint with an address for the ports that it publishes. An engine takes no name for it: Docker 20.10 publishes on all
 * of its addresses instead (`docker port` says 0.0.0.0), later ones refuse. What cannot be resolved stays as it is.
 */
export async function withPublishAddress(
  endpoint: EngineEndpoint,
  resolve: Resolve = resolveIpv4,
): Promise<EngineEndpoint> {
  if (isIP(endpoint.publishAddress) !== 0) return endpoint;
  const publishAddress = await resolve(endpoint.publishAddress).catch(() => endpoint.publishAddress);
  return { ...endpoint, publishAddress };
}
