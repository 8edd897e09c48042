import { waitUntil } from '../clock/wait-until.js';
import { HalabError } from '../errors/halab-error.js';
import { releaseCommand } from '../nodes/haproxy/hold.js';
import { openSession, type PostgresSession } from '../nodes/postgres/client.js';
import { startCutting, stopCutting } from '../nodes/postgres/cutting.js';
import { openAccess } from '../stack/access.js';
import type { Operation } from '../stack/operation.js';
import { getNode, getStack, onlyNode } from '../stack/stack.js';

const pollMs = 3;
/**
 * A session that has said nothing for this long rests. A client at work is ended by its next statement, and where it
 * waits for a processor that may take a while.
 */
const restMs = 250;

interface OpenSession {
  pid: number;
  state: string;
  application: string;
  seconds: number;
}

const openSql = `
SELECT pid, coalesce(state, 'unknown') AS state, application_name AS application,
       extract(epoch FROM clock_timestamp() - coalesce(xact_start, state_change))::float AS seconds,
       CASE WHEN state = 'idle' AND state_change < clock_timestamp() - $1 * interval '1 ms'
            THEN pg_terminate_backend(pid) END AS ended
FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND usename <> 'monitor'`;

const describe = ({ pid, state, application, seconds }: OpenSession): string =>
  `process ${pid}${application === '' ? '' : ` (${application})`}: ${state} for ${seconds.toFixed(1)} s`;

/**
 * Ends the sessions of a server between their transactions, and waits until none is left. The server itself does it
 * (`startCutting`). A session that rests takes no notice of the setting, and is terminated; a client that ends its rest
 * within the same round trip gets 57P01 for its statement, which was not begun, but could have been.
 *
 * @param session as superuser
 * @param drained resolves when no session is on its way to the server any more
 * @throws SWITCHOVER_CALLED_OFF when a transaction is not over in time; the setting stays, until `stopCutting`
 */
export async function cutBetweenTransactions(
  { clock, signal }: Operation,
  session: PostgresSession,
  { timeoutMs, drained }: { timeoutMs: number; drained: Promise<unknown> },
): Promise<void> {
  let isDrained = false;
  void drained.then(
    () => {
      isDrained = true;
    },
    () => undefined,
  );
  let open: OpenSession[] = [];
  await startCutting(session);
  await waitUntil(
    async () => {
      const drainedBefore = isDrained;
      open = await session.query<OpenSession>(openSql, [restMs]);
      return open.length === 0 && drainedBefore ? true : undefined;
    },
    {
      clock,
      timeoutMs,
      intervalMs: pollMs,
      signal,
      onTimeout: () =>
        new HalabError('SWITCHOVER_CALLED_OFF', 'Transactions were still open when the time was over.', {
          lines: open.slice(0, 10).map(describe),
        }),
    },
  );
}

/** Ends what a switchover that was cut off has left: sessions may be idle again, and connections are let in. */
export async function letSessionsBe({ engine }: Operation, stackName: string, name: string): Promise<void> {
  const stack = await getStack(engine, stackName);
  const access = await openAccess(engine, stack);
  await using session = await openSession(access.postgres(getNode(stack, name, 'postgres'), 'postgres'));
  await stopCutting(session);
  await engine.exec(onlyNode(stack, 'haproxy').containerId, releaseCommand);
}

/** Waits until a standby has replayed all that the primary has written. @throws SWITCHOVER_CALLED_OFF */
export async function catchUp(
  { clock, signal }: Operation,
  session: PostgresSession,
  standby: string,
  timeoutMs: number,
): Promise<void> {
  let lag = 'unknown';
  await waitUntil(
    async () => {
      const [row] = await session.query<{ lag: string }>(
        `SELECT greatest(pg_current_wal_flush_lsn() - replay_lsn, 0)::text AS lag FROM pg_stat_replication
         WHERE application_name = $1 AND state = 'streaming'`,
        [standby],
      );
      lag = row?.lag ?? 'unknown';
      return lag === '0' ? true : undefined;
    },
    {
      clock,
      timeoutMs,
      intervalMs: pollMs,
      signal,
      onTimeout: () =>
        new HalabError('SWITCHOVER_CALLED_OFF', `${standby} was ${lag} bytes behind when the time was over.`),
    },
  );
}
