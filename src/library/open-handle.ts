import { waitUntil } from '../clock/wait-until.js';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { defaultMaxPauseMs } from '../failover/max-pause.js';
import type { StackEndpoints } from '../stack/endpoints.js';
import type { Operation } from '../stack/operation.js';
import type { Status } from '../stack/snapshot.js';
import type { UpResult } from '../stack/up.js';
import { injectionOf } from './injections.js';
import type { StackEnding } from './stack-ending.js';
import type { FaultOptions, StackHandle } from './stack-handle.js';
import type { StackWork } from './stack-work.js';

const healthyTimeoutMs = 30_000;
const lookIntervalMs = 100;

interface HandleParts {
  name: string;
  emit: Operation['emit'];
  work: StackWork;
  ending: StackEnding;
  started: UpResult;
}

async function readEndpoints(
  { engine }: Operation,
  name: string,
  role: 'app' | 'postgres',
): Promise<StackEndpoints> {
  const [{ getStack }, { findEndpoints }] = await Promise.all([
    import('../stack/stack.js'),
    import('../stack/endpoints.js'),
  ]);
  return await findEndpoints(engine, await getStack(engine, name), role);
}

async function lookAt({ engine }: Operation, name: string): Promise<Status> {
  const [{ getStack }, { askEngine }, { observe }, { statusOf }] = await Promise.all([
    import('../stack/stack.js'),
    import('../stack/engine-answers.js'),
    import('../stack/observe.js'),
    import('../stack/status.js'),
  ]);
  const stack = await getStack(engine, name);
  return statusOf(await observe(stack, await askEngine(engine, stack)));
}

/** @throws STACK_UNHEALTHY; STACK_NOT_FOUND at once */
async function untilHealthy(operation: Operation, name: string, timeoutMs: number): Promise<Status> {
  const { clock, signal } = operation;
  let seen: Status | undefined;
  const look = async (): Promise<Status | undefined> => {
    seen = await lookAt(operation, name);
    return seen.healthy ? seen : undefined;
  };
  return await waitUntil(look, {
    clock,
    timeoutMs,
    intervalMs: lookIntervalMs,
    signal,
    isFinal: (error) => error instanceof HalabError && error.code === 'STACK_NOT_FOUND',
    onTimeout: (cause) =>
      new HalabError('STACK_UNHEALTHY', `The stack ${name} was not healthy within ${timeoutMs / 1000} s.`, {
        lines: seen?.findings.map(({ message }) => message) ?? [],
        hint: `Repair it: stack.repair(), or ${typed(name, 'repair')}.`,
        cause,
      }),
  });
}

/** The operations that the commands run, on one stack that is up. Each loads what it needs when it is called. */
export async function openHandle({ name, emit, work, ending, started }: HandleParts): Promise<StackHandle> {
  const { run, change } = work;
  const inStack = { stack: name };
  let endpoints = await run((operation) => readEndpoints(operation, name, 'app'));
  /** Changes which nodes there are. */
  const changeNodes = <T>(what: string, operate: (operation: Operation) => Promise<T>): Promise<T> =>
    change(what, async (operation) => {
      const result = await operate(operation);
      endpoints = await readEndpoints(operation, name, 'app');
      return result;
    });
  const onNode = (verb: 'stopNode' | 'startNode' | 'restartNode', node: string) =>
    run(async (operation) => {
      const control = await import('../stack/control.js');
      return await control[verb](operation, name, node);
    });
  return {
    name,
    started,
    get endpoints() {
      return endpoints;
    },
    superuserEndpoints: () => run((operation) => readEndpoints(operation, name, 'postgres')),
    status: () => run((operation) => lookAt(operation, name)),
    waitUntilHealthy: ({ timeoutMs = healthyTimeoutMs } = {}) =>
      run((operation) => untilHealthy(operation, name, timeoutMs)),
    logs: (node, lines = 100) =>
      run(async ({ engine }) => {
        const { getNode, getStack } = await import('../stack/stack.js');
        return await engine.tailLogs(getNode(await getStack(engine, name), node).containerId, lines);
      }),
    history: () => run(({ history, engine }) => history.read(engine.endpoint.url, name)),

    stop: (node) => onNode('stopNode', node),
    start: (node) => onNode('startNode', node),
    restart: (node) => onNode('restartNode', node),

    fault: (fault, node, ...given) =>
      run(async (operation) => {
        const options = (given[0] ?? {}) as FaultOptions[typeof fault];
        const { inject } = await import('../faults/inject.js');
        return await inject(operation, name, node, injectionOf(fault, options), options.forMs);
      }),
    faults: () =>
      run(async (operation) => {
        const [{ findFaults }, { getStack }, { openAccess }] = await Promise.all([
          import('../faults/find-faults.js'),
          import('../stack/stack.js'),
          import('../stack/access.js'),
        ]);
        const stack = await getStack(operation.engine, name);
        return await findFaults(operation, stack, await openAccess(operation.engine, stack));
      }),
    heal: (node) =>
      run(async (operation) => {
        const { heal } = await import('../faults/heal.js');
        return await heal(operation, name, node);
      }),

    failover: ({ promote, force = false, maxLagBytes, haproxy = 'reload' } = {}) =>
      change('stack.failover()', async (operation) => {
        const { failover } = await import('../failover/failover.js');
        const permissions = { force, maxLagBytes };
        return await failover(operation, { ...inStack, promote, haproxy, permissions });
      }),
    switchover: ({ node, maxPauseMs = defaultMaxPauseMs } = {}) =>
      change('stack.switchover()', async (operation) => {
        const { switchover } = await import('../failover/switchover.js');
        return await switchover(operation, { ...inStack, node, maxPauseMs });
      }),
    promote: (node) =>
      change('stack.promote()', async (operation) => {
        const { promote } = await import('../failover/promote.js');
        return await promote(operation, name, node);
      }),
    pointProxy: (node, { force = false, haproxy = 'reload' } = {}) =>
      change('stack.pointProxy()', async (operation) => {
        const { pointProxy } = await import('../failover/point-proxy.js');
        return await pointProxy(operation, { ...inStack, node, action: haproxy, force });
      }),
    fence: (node, { force = false } = {}) =>
      change('stack.fence()', async (operation) => {
        const { fenceNode } = await import('../failover/fence-node.js');
        return await fenceNode(operation, { ...inStack, node, force });
      }),
    rejoin: (node, { discard = false, method, dryRun = false } = {}) =>
      change('stack.rejoin()', async (operation) => {
        const { rejoin } = await import('../failover/rejoin.js');
        const mayDiscard = (): Promise<boolean> => Promise.resolve(discard);
        return await rejoin(operation, { ...inStack, node, method, dryRun, mayDiscard });
      }),
    repair: ({ discard = false, dryRun = false } = {}) =>
      change('stack.repair()', async (operation) => {
        const { repair } = await import('../repair/repair.js');
        return await repair(operation, { ...inStack, dryRun, mayDiscard: () => Promise.resolve(discard) });
      }),

    addReplica: (replica) =>
      changeNodes('stack.addReplica()', async (operation) => {
        const { addReplica } = await import('../failover/add-replica.js');
        return await addReplica(operation, name, replica);
      }),
    removeReplica: (replica) =>
      changeNodes('stack.removeReplica()', async (operation) => {
        const { removeReplica } = await import('../failover/remove-replica.js');
        return await removeReplica(operation, name, replica);
      }),

    serveApi: ({ port, cache, reads = 'eventual', writeWaitMs = 0 } = {}) =>
      run(async ({ engine }) => {
        const { planServing, serveApi } = await import('../serve/serve-api.js');
        const plan = await planServing(engine, name, port);
        const api = await serveApi(emit, name, {
          ...plan,
          reads,
          writeWaitMs,
          ...(cache === undefined ? {} : { cache }),
        });
        const close = (): Promise<void> => api.close();
        ending.before(close);
        return {
          url: api.url,
          port: api.port,
          stats: () => api.stats(),
          close,
          [Symbol.asyncDispose]: close,
        };
      }),

    down: ({ keepData = false } = {}) => ending.down({ keepData }),
    [Symbol.asyncDispose]: ending.dispose,
  };
}
