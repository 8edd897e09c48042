import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import type { Engine } from '../docker/engine.js';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { label } from './labels.js';
import type { Topology } from './parse-topology.js';
import type { StackNode } from './stack.js';

/** How a stack's ports are chosen: the topology's, each moved by a number, or any that are free. */
export type PortChoice = { offset: number } | 'auto';

export interface PortPlan {
  /** Without the instances of the API, which are behind one port. */
  nodes: Readonly<Record<string, number>>;
  /** The second port of a proxy, for reads. */
  reads: Readonly<Record<string, number>>;
  api: number;
}

/** Whether the engine's ports are ports of this machine. */
export const isLocal = (engine: Engine): boolean => engine.endpoint.publishAddress === '127.0.0.1';

/** Whether nothing listens on the port; a port that this user may not use counts as taken. */
export const isFree = (port: number, address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host: address, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });

/** A free port below the range that the kernel takes for outgoing connections (32768 on). */
async function freePort(address: string, taken: ReadonlySet<number>): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = randomInt(15000, 32000);
    if (!taken.has(port) && (await isFree(port, address))) return port;
  }
  throw new HalabError('PORT_TAKEN', 'No free port was found between 15000 and 32000.');
}

/** The ports that stacks have, also those of containers that do not run now. */
async function portsOfStacks(engine: Engine): Promise<Set<number>> {
  const containers = await engine.listContainers({ [label.stack]: '' });
  return new Set(
    containers
      .flatMap(({ labels }) => [labels[label.port], labels[label.apiPort]])
      .filter((port) => port !== undefined)
      .map(Number),
  );
}

/** @throws PORT_TAKEN when no free port is found; USAGE when an offset leads past 65535 */
export async function planPorts(engine: Engine, topology: Topology, choice: PortChoice): Promise<PortPlan> {
  const { publishAddress } = engine.endpoint;
  const taken = choice === 'auto' ? await portsOfStacks(engine) : new Set<number>();
  const choose = async (port: number): Promise<number> => {
    const result = choice === 'auto' ? await freePort(publishAddress, taken) : port + choice.offset;
    if (result < 1 || result > 65535) {
      throw new HalabError('USAGE', `The offset moves port ${port} to ${result}, which is no port.`);
    }
    taken.add(result);
    return result;
  };
  const nodes: Record<string, number> = {};
  const reads: Record<string, number> = {};
  for (const [name, node] of Object.entries(topology.nodes)) {
    if (node.kind !== 'api') nodes[name] = await choose(node.port);
    if (node.kind === 'haproxy' && node.readPort !== undefined) reads[name] = await choose(node.readPort);
  }
  return { nodes, reads, api: await choose(topology.api.port) };
}

/** Who listens on a port of this machine, in words; undefined where it cannot be told. */
export async function portOwner(engine: Engine, port: number): Promise<string | undefined> {
  const containers = await engine.listContainers({});
  const container = containers.find(({ ports }) => ports.some(({ host }) => host === port));
  if (container !== undefined) {
    const stack = container.labels[label.stack];
    return `the container ${container.name}${stack === undefined ? '' : ` of the stack ${stack}`}`;
  }
  const { execa } = await import('execa');
  const ss = await execa('ss', ['-Hltnp', `sport = :${port}`], { reject: false });
  const [, name, pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(ss.stdout) ?? [];
  if (name !== undefined) return `${name} (process ${pid ?? ''})`;
  const lsof = await execa('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { reject: false });
  const [, lsofPid, lsofName] = /^p(\d+)\nc(.+)$/m.exec(lsof.stdout) ?? [];
  return lsofName === undefined ? undefined : `${lsofName} (process ${lsofPid ?? ''})`;
}

/** A port that is taken, and by what, where that can be told. */
async function portTaken(engine: Engine, node: string, port: number, hint: string): Promise<HalabError> {
  const owner = isLocal(engine) ? await portOwner(engine, port) : undefined;
  return new HalabError(
    'PORT_TAKEN',
    `Port ${port}, which ${node} needs, is in use${owner === undefined ? '' : ` by ${owner}`}.`,
    { hint },
  );
}

/**
 * Makes sure that the ports of new nodes are free. On a remote engine only the engine itself can tell, when a
 * container starts.
 *
 * @throws PORT_TAKEN, naming the first taken port, who uses it, and the remedy
 */
export async function checkPorts(
  engine: Engine,
  ports: readonly { node: string; port: number }[],
): Promise<void> {
  if (!isLocal(engine)) return;
  const { publishAddress } = engine.endpoint;
  const free = await Promise.all(ports.map(({ port }) => isFree(port, publishAddress)));
  const taken = ports.find((_, index) => free[index] === false);
  if (taken === undefined) return;
  const hint = 'Stop what uses it, or choose others: halab up --port-offset 100, or --ports auto.';
  throw await portTaken(engine, taken.node, taken.port, hint);
}

/**
 * Starts the container of a node. Whether its port is free the engine tells: a look before could find the port in
 * the hands of the same container, which an interrupted command is just having started.
 *
 * @throws PORT_TAKEN, naming who uses it, and the remedy
 */
export async function startContainer(
  engine: Engine,
  { stack, name, containerId, port }: StackNode,
): Promise<void> {
  try {
    await engine.startContainer(containerId);
  } catch (error) {
    if (!(error instanceof HalabError && error.code === 'PORT_TAKEN')) throw error;
    // It may publish two; the engine's message names the one.
    const taken = Number(/^Port (\d+) /.exec(error.message)?.[1] ?? port);
    throw await portTaken(engine, name, taken, `Stop what uses it, then: ${typed(stack, `start ${name}`)}.`);
  }
}
