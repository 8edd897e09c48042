import { step } from '../events/events.js';
import { checkConfig, point, preparePoint, startWithConfig } from '../nodes/haproxy/point.js';
import { kinds } from '../nodes/kinds.js';
import type { KindName } from '../nodes/node-kind.js';
import { hasInstances } from './api-instances.js';
import type { Operation } from './operation.js';
import type { Topology } from './parse-topology.js';
import { checkPorts } from './ports.js';
import type { readProxyConfig } from './proxy.js';
import { nodesOfKind, type Stack, type StackNode } from './stack.js';
import { stopContainer } from './stop-container.js';

type FoundConfig = Awaited<ReturnType<typeof readProxyConfig>>;

/** Whether the topology does not have this node any more: one that holds no data may go. */
export const isSurplus = ({ name, kind }: StackNode, topology: Topology): boolean =>
  (kind === 'api' || kind === 'pgbouncer') && topology.nodes[name] === undefined;

/**
 * Removes HAProxy's container when it must publish the HTTP port of the API and does not, or the other way: the
 * engine gives a container its ports when it makes it. The next steps of `up` make it anew.
 *
 * @returns the stack as far as it stays: without that container, and without instances that the topology has not
 * @throws PORT_TAKEN before anything is changed
 */
export async function keepWhatFits(operation: Operation, stack: Stack, topology: Topology): Promise<Stack> {
  const { engine, clock, emit } = operation;
  const kept = stack.nodes.filter((node) => !isSurplus(node, topology));
  const wanted = hasInstances(topology);
  const [unfit] = nodesOfKind(stack, 'haproxy').filter(({ httpPort }) => (httpPort !== null) !== wanted);
  if (unfit === undefined) return { ...stack, nodes: kept };
  const { name, containerId } = unfit;
  if (wanted) await checkPorts(engine, [{ node: name, port: stack.apiPort }]);
  emit({
    type: 'note',
    severity: 'warning',
    message: `${name} is made anew ${wanted ? 'with' : 'without'} the port of the API: its connections break.`,
  });
  await step(emit, clock.nowMs, { id: `remove ${name}`, title: `remove ${name}`, node: name }, () =>
    engine.removeContainer(containerId),
  );
  return { ...stack, nodes: kept.filter((node) => node !== unfit) };
}

/**
 * Has an HAProxy that stays lead to the PostgreSQL nodes and the instances of the API that the stack has now, unless it
 * does so already.
 *
 * @throws PROXY_CONFIG_INVALID
 */
export async function nameNodes(
  { engine, clock, emit }: Operation,
  stack: Stack,
  { writesTo, ...named }: FoundConfig,
): Promise<void> {
  const [haproxy] = nodesOfKind(stack, 'haproxy');
  const namesOf = (kind: KindName): string[] => nodesOfKind(stack, kind).map(({ name }) => name);
  const rest = { databases: namesOf('postgres'), apiInstances: namesOf('api') };
  // One that was made a moment ago has been given its file.
  if (haproxy === undefined || haproxy.state === 'created' || writesTo === undefined) return;
  const isNamed = (before: readonly string[], now: readonly string[]): boolean =>
    [...before].sort().join() === [...now].sort().join();
  if (isNamed(named.databases, rest.databases) && isNamed(named.apiInstances, rest.apiInstances)) return;
  const { name, containerId, state } = haproxy;
  const title = `balance over ${[...rest.databases, ...rest.apiInstances].join(', ')}`;
  await step(emit, clock.nowMs, { id: 'balance', title, node: name }, async () => {
    if (state !== 'running') {
      await startWithConfig(engine, containerId, { writesTo, ...rest });
      return;
    }
    const action = 'reload';
    using prepared = preparePoint(engine, containerId, { servers: [writesTo], ...rest, action });
    await checkConfig(prepared);
    await point(engine, containerId, { prepared, writesTo, action });
  });
}

/** Ends and removes what the topology has no longer; instances of the API once HAProxy sends nothing to them. */
export async function removeSurplus(
  { engine, clock, emit }: Operation,
  surplus: readonly StackNode[],
): Promise<void> {
  await Promise.all(
    surplus.map((node) =>
      step(
        emit,
        clock.nowMs,
        { id: `remove ${node.name}`, title: `remove ${node.name}`, node: node.name },
        async () => {
          await stopContainer(engine, node, kinds[node.kind].stopGraceS);
          await engine.removeContainer(node.containerId);
        },
      ),
    ),
  );
}
