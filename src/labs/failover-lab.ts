import { randomBytes } from 'node:crypto';
import { startApi } from '../api/serve.js';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { step } from '../events/events.js';
import { type FailoverResult, failover } from '../failover/failover.js';
import { kill } from '../faults/kill.js';
import { readRunKeys, removeRunRows } from '../measure/final-read.js';
import { type Load, startLoad } from '../measure/load.js';
import { type Measurement, measure } from '../measure/measurement.js';
import type { HaproxyAction } from '../nodes/haproxy/point.js';
import { postgresUrl } from '../nodes/postgres/url.js';
import { stackEndpoints } from '../stack/endpoints.js';
import { askEngine } from '../stack/engine-answers.js';
import type { Operation } from '../stack/operation.js';
import { getNode, getStack } from '../stack/stack.js';
import { type Assertion, type LabRun, type Moment, verdictOf } from './lab.js';
import { type LabStackOptions, prepareLabStack } from './lab-stack.js';

export interface FailoverLabOptions extends Omit<LabStackOptions, 'lab'> {
  haproxy: HaproxyAction;
}

const writesPerClientBefore = 50;
/** Load goes on this long after both paths write again, so that a second gap would be seen. */
const afterMs = 1000;
const patienceMs = 30_000;

/** What the run was, on one clock. */
interface Course {
  faultMs: number;
  errorSeenMs: number;
  failoverStartMs: number;
  result: FailoverResult;
}

const notInTime = (what: string) => () =>
  new HalabError('LAB_STUCK', `${what} did not happen within ${patienceMs / 1000} s.`);

function momentsOf(
  { faultMs, errorSeenMs, failoverStartMs, result }: Course,
  { outage }: Measurement,
): Moment[] {
  const endOf = (name: string): number | undefined => {
    const phase = result.phases.find((candidate) => candidate.name === name);
    return phase === undefined ? undefined : failoverStartMs + phase.startMs + phase.durationMs;
  };
  const moments: [string, number | null | undefined][] = [
    ['last acknowledged write', outage.write?.lastGoodMs],
    ['primary killed (SIGKILL sent)', faultMs],
    ['first error at a client; failover begins', errorSeenMs],
    ['old primary stopped, says the engine', endOf('stop old primary')],
    [`${result.promoted} promoted`, endOf('promote')],
    ['proxy repointed', endOf('point proxy')],
    ['first acknowledged write', outage.write?.firstGoodMs],
  ];
  return moments
    .flatMap(([name, atMs]) => (atMs === undefined || atMs === null ? [] : [{ name, atMs: atMs - faultMs }]))
    .sort((a, b) => a.atMs - b.atMs);
}

function assertionsOf({ outage, ledger, maxLateMs }: Measurement): Assertion[] {
  const ms = (value: number | null | undefined): string =>
    value === null || value === undefined ? 'unknown' : `${Math.round(value)} ms`;
  const { writeMs, resolutionMs, byPath } = outage;
  return [
    {
      text: 'the death of the primary was felt: the write outage is longer than the resolution',
      passed: writeMs === null || resolutionMs === null ? null : writeMs > resolutionMs,
      observed: `${ms(writeMs)}, resolution ${ms(resolutionMs)}`,
    },
    ...(['proxy', 'api'] as const).map((path) => ({
      text: `writes through the ${path === 'api' ? 'API' : 'proxy'} are acknowledged again`,
      passed: byPath[path]?.recovered ?? null,
      observed: `after ${ms(byPath[path]?.outageMs)}`,
    })),
    {
      text: 'the clients kept their pace: none woke later than a quarter of the outage',
      passed: writeMs !== null && maxLateMs <= writeMs / 4 ? true : null,
      observed: ms(maxLateMs),
    },
    {
      text: 'the final read finds no row that nobody wrote',
      passed: ledger.unexpected === null ? null : ledger.unexpected === 0,
      observed: ledger.unexpected === null ? 'no final read' : `${ledger.unexpected}`,
    },
  ];
}

/** Kills the primary under load and fails over as soon as a client notices. */
async function breakAndRepair(
  operation: Operation,
  load: Load,
  primary: string,
  { stack, haproxy }: FailoverLabOptions,
): Promise<Course> {
  const { engine, clock, signal } = operation;
  const node = getNode(await getStack(engine, stack), primary, 'postgres');
  const faultMs = clock.nowMs();
  const killed = kill(operation, node);
  killed.catch(() => undefined); // Awaited below.
  const { atMs: errorSeenMs } = await load.waitForError({
    sinceMs: faultMs,
    timeoutMs: patienceMs,
    signal,
    onTimeout: notInTime('An error at a client'),
  });
  const failoverStartMs = clock.nowMs();
  const result = await failover(operation, {
    stack,
    haproxy,
    // It was just killed: whether it answers need not be asked.
    permissions: { force: true, maxLagBytes: undefined },
  });
  await killed;
  for (const path of ['proxy', 'api'] as const) {
    await load.waitForAcknowledged({
      invokedSinceMs: failoverStartMs,
      path,
      timeoutMs: patienceMs,
      signal,
      onTimeout: notInTime(`A write through the ${path}`),
    });
  }
  await clock.sleep(afterMs, signal);
  return { faultMs, errorSeenMs, failoverStartMs, result };
}

/**
 * The main lab: clients write and read through the API and the proxy, the primary is killed, the replica takes
 * over, HAProxy follows; then every acknowledged write is looked for.
 *
 * @throws STACK_UNHEALTHY before anything is changed; what `up` and `failover` throw; LAB_STUCK
 */
export async function runFailoverLab(operation: Operation, options: FailoverLabOptions): Promise<LabRun> {
  const { engine, clock, emit, signal } = operation;
  const lab = 'failover';
  await prepareLabStack(operation, { lab, ...options });
  const stack = await getStack(engine, options.stack);
  const { access, configured: primary } = await askEngine(engine, stack);
  if (primary === undefined)
    throw new HalabError('STACK_UNHEALTHY', 'The proxy names no single node for writes.');
  const { writeUrl, readUrl, redisUrl } = stackEndpoints(stack, access, primary);
  const runId = randomBytes(6).toString('hex');

  // Any free port: a `halab serve` of the user's may be at work on the stack's own.
  const api = await startApi({ writeUrl, readUrl, redisUrl, port: 0, docs: false });
  try {
    await using load = await startLoad({ writeUrl, apiUrl: api.url, runId, clock, emit, signal });
    await step(
      emit,
      clock.nowMs,
      { id: 'warm up', title: 'clients write and read through the proxy and the API' },
      () =>
        load.waitUntilSteady({
          writesPerClient: writesPerClientBefore,
          timeoutMs: patienceMs,
          signal,
          onTimeout: notInTime('Steady load'),
        }),
    );
    const fromMs = clock.nowMs();
    // A while of undisturbed load gives the resolution of the figures.
    await clock.sleep(500, signal);
    const course = await breakAndRepair(operation, load, primary, options);
    const untilMs = clock.nowMs();
    await load.stop();

    const promoted = getNode(stack, course.result.promoted, 'postgres');
    const finalRead = { url: postgresUrl(access.postgres(promoted, 'app')), runId };
    const foundKeys = await step(
      emit,
      clock.nowMs,
      { id: 'final read', title: 'look for every acknowledged write' },
      () => readRunKeys(finalRead),
    );
    await removeRunRows(finalRead);
    const measurement = measure({
      load,
      observation: { fromMs, faultMs: course.faultMs, untilMs },
      foundKeys,
    });
    const assertions = assertionsOf(measurement);
    return {
      lab,
      stack: stack.name,
      runId,
      verdict: verdictOf(assertions),
      outage: measurement.outage,
      ledger: measurement.ledger,
      reads: measurement.reads,
      maxLateMs: measurement.maxLateMs,
      moments: momentsOf(course, measurement),
      phases: course.result.phases,
      assertions,
      evidence: null,
      next: [
        typed(stack.name, 'status'),
        typed(stack.name, `start ${primary}`),
        typed(stack.name, `psql ${promoted.name}`),
        typed(stack.name, 'down'),
      ],
    };
  } finally {
    await api.close();
  }
}
