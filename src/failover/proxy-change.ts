import { randomUUID } from 'node:crypto';
import { waitUntil } from '../clock/wait-until.js';
import { HalabError } from '../errors/halab-error.js';
import {
  checkConfig,
  type HaproxyAction,
  point,
  preparePoint,
  startWithConfig,
} from '../nodes/haproxy/point.js';
import type { KindName } from '../nodes/node-kind.js';
import type { StackAccess } from '../stack/access.js';
import type { Operation } from '../stack/operation.js';
import { configuredWritesTo } from '../stack/proxy.js';
import { nodesOfKind, onlyNode, type Stack } from '../stack/stack.js';
import { writeMark } from '../stack/verify.js';

const verifyTimeoutMs = 10_000;
/** A connection that was on its way to the old node may hang until HAProxy ends it; the next one will not. */
const attemptTimeoutMs = 300;

/** Waits until a write through the proxy is acknowledged by this node. @throws VERIFICATION_FAILED */
export async function verifyWrites(
  { clock, signal }: Operation,
  access: StackAccess,
  promoted: string,
): Promise<void> {
  const token = randomUUID();
  await waitUntil(
    async () =>
      (await writeMark(access.writes('app'), token, attemptTimeoutMs)) === promoted ? true : undefined,
    {
      clock,
      timeoutMs: verifyTimeoutMs,
      intervalMs: 5,
      signal,
      onTimeout: (cause) =>
        new HalabError(
          'VERIFICATION_FAILED',
          `No write through the proxy was acknowledged by ${promoted} within ${verifyTimeoutMs / 1000} s.`,
          {
            hint: 'See what stands in the way: halab status.',
            cause,
          },
        ),
    },
  );
}

/** A change of HAProxy's configuration in two parts, so that the first can be done ahead. */
export interface ProxyChange extends Disposable {
  /**
   * @returns the node that writes go to so far; undefined when haproxy.cfg names no single one
   * @throws PROXY_CONFIG_INVALID
   */
  readonly check: () => Promise<string | undefined>;
  /** Sends writes to one of the servers. */
  readonly apply: (writesTo: string) => Promise<void>;
}

/**
 * Prepares to send writes to one of these servers, whichever it will be; the ports for reads and of the API stay as they are. An
 * HAProxy that does not run cannot check, and is started with its new configuration.
 */
export function proxyChange(
  { engine }: Operation,
  stack: Stack,
  servers: readonly string[],
  action: HaproxyAction,
): ProxyChange {
  const haproxy = onlyNode(stack, 'haproxy');
  const namesOf = (kind: KindName): string[] => nodesOfKind(stack, kind).map(({ name }) => name);
  const rest = { databases: namesOf('postgres'), apiInstances: namesOf('api') };
  const { containerId, state } = haproxy;
  if (state !== 'running') {
    return {
      check: () => configuredWritesTo(engine, haproxy),
      apply: (writesTo) => startWithConfig(engine, containerId, { writesTo, ...rest }),
      [Symbol.dispose]: () => undefined,
    };
  }
  const prepared = preparePoint(engine, containerId, { servers, ...rest, action });
  return {
    check: () => checkConfig(prepared),
    apply: (writesTo) => point(engine, containerId, { prepared, writesTo, action }),
    [Symbol.dispose]: () => {
      prepared[Symbol.dispose]();
    },
  };
}
