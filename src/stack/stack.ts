import type { ContainerState, ContainerSummary, Engine, Labels } from '../docker/engine.js';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import type { KindName } from '../nodes/node-kind.js';
import { label } from './labels.js';
import { type NetworkFault, networkFaultsOf } from './network-fault.js';

/** A container of a stack. */
export interface StackNode {
  /** Name of its stack. */
  stack: string;
  name: string;
  kind: KindName;
  containerId: string;
  state: ContainerState;
  /** Where the engine's address leads to it, whether it runs or not: an instance of the API is behind HAProxy's port. */
  port: number;
  /** The port that HAProxy publishes for the API's instances; null when it has none, and for other kinds. */
  httpPort: number | null;
  /** The port that HAProxy publishes for reads; null when it has none, and for other kinds. */
  readPort: number | null;
  /** Size of its volume, for a PostgreSQL node whose volume has a limit. */
  diskLimitBytes: number | null;
}

/** A stack as the engine knows it: found by labels, never remembered. */
export interface Stack {
  name: string;
  /** What is done to the network of its nodes now. */
  networkFaults: readonly NetworkFault[];
  topology: string;
  nodes: readonly StackNode[];
  apiPort: number;
  /** The lab that made it and may replace it; null when a user did. */
  lab: string | null;
}

const order: readonly KindName[] = ['postgres', 'haproxy', 'redis', 'pgbouncer', 'api'];

const numberIn = (labels: Labels, name: string): number | null =>
  labels[name] === undefined ? null : Number(labels[name]);

/** The stack that these containers are; undefined when there are none. One that is being removed is none any more. */
export function stackOf(name: string, listed: readonly ContainerSummary[]): Stack | undefined {
  const containers = listed.filter(
    ({ state, labels }) => state !== 'removing' && labels[label.kind] !== undefined,
  );
  const [first] = containers;
  if (first === undefined) return undefined;
  const nodes = containers.map(({ id, labels, state }) => ({
    stack: name,
    name: labels[label.node] ?? '',
    kind: (labels[label.kind] ?? '') as KindName,
    containerId: id,
    state,
    port: Number(labels[label.port]),
    httpPort: numberIn(labels, label.httpPort),
    readPort: numberIn(labels, label.readPort),
    diskLimitBytes: numberIn(labels, label.diskLimit),
  }));
  nodes.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || a.name.localeCompare(b.name));
  return {
    name,
    networkFaults: networkFaultsOf(listed),
    topology: first.labels[label.topology] ?? 'unknown',
    nodes,
    apiPort: Number(first.labels[label.apiPort]),
    lab: first.labels[label.lab] ?? null,
  };
}

/** The stack of this name, or undefined when the engine has none of its containers. */
export const findStack = async (engine: Engine, name: string): Promise<Stack | undefined> =>
  stackOf(name, await engine.listContainers({ [label.stack]: name }));

/** @throws STACK_NOT_FOUND */
export async function getStack(engine: Engine, name: string): Promise<Stack> {
  const stack = await findStack(engine, name);
  if (stack !== undefined) return stack;
  throw new HalabError('STACK_NOT_FOUND', `There is no stack named ${name}.`, {
    hint: `Start it: ${typed(name, 'up')}. The stacks there are: halab ls.`,
  });
}

/** @throws NODE_NOT_FOUND, naming the nodes there are */
export function getNode(stack: Stack, name: string, kind?: KindName): StackNode {
  const node = stack.nodes.find((candidate) => candidate.name === name);
  const names = stack.nodes
    .filter((candidate) => kind === undefined || candidate.kind === kind)
    .map((n) => n.name);
  if (node !== undefined && (kind === undefined || node.kind === kind)) return node;
  throw new HalabError(
    'NODE_NOT_FOUND',
    node === undefined
      ? `The stack ${stack.name} has no node named ${name}.`
      : `${name} is a ${node.kind} node; the command needs a ${kind ?? ''} node.`,
    { hint: `The nodes are: ${names.join(', ')}.` },
  );
}

export const nodesOfKind = (stack: Stack, kind: KindName): StackNode[] =>
  stack.nodes.filter((node) => node.kind === kind);

/** The one node of a kind. @throws STACK_INCOMPLETE when it is not there */
export function onlyNode(stack: Stack, kind: KindName): StackNode {
  const [node] = nodesOfKind(stack, kind);
  if (node !== undefined) return node;
  throw new HalabError('STACK_INCOMPLETE', `The stack ${stack.name} has no ${kind} node.`, {
    hint: `Complete it: ${typed(stack.name, 'up')}.`,
  });
}

/** @throws NODE_NOT_RUNNING */
export function requireRunning(node: StackNode): StackNode {
  if (node.state === 'running') return node;
  throw new HalabError('NODE_NOT_RUNNING', `${node.name} is not running (${node.state}).`, {
    hint:
      node.state === 'paused'
        ? `Let it go on: ${typed(node.stack, `heal ${node.name}`)}.`
        : `Start it: ${typed(node.stack, `start ${node.name}`)}.`,
  });
}
