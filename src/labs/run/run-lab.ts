import { randomBytes } from 'node:crypto';
import { HalabError } from '../../errors/halab-error.js';
import { typed } from '../../errors/typed.js';
import { step } from '../../events/events.js';
import {
  createRegisters,
  type FinalReadOptions,
  removeRegisters,
  removeRunRows,
} from '../../measure/final-read.js';
import { type ForkedLoad, forkLoad } from '../../measure/fork-load.js';
import type { LedgerVerdict } from '../../measure/judge-ledger.js';
import { readServerState } from '../../nodes/postgres/server-state.js';
import { postgresUrl } from '../../nodes/postgres/url.js';
import { stackEndpoints } from '../../stack/endpoints.js';
import { askEngine } from '../../stack/engine-answers.js';
import type { Operation } from '../../stack/operation.js';
import type { PortChoice } from '../../stack/ports.js';
import { getNode, getStack, nodesOfKind } from '../../stack/stack.js';
import { type ApiUnderLoad, serveForLab } from '../context/api-under-load.js';
import type { LabContext } from '../context/context.js';
import { RunRecorder } from '../context/recorder.js';
import { RunWindows } from '../context/windows.js';
import { momentsOf } from '../figures/moments.js';
import type { Lab } from '../file/parse-lab.js';
import { type LabRecord, type StepRecord, verdictOf, type Window } from '../record.js';
import { assertionsOf } from './conclude.js';
import type { Evidence } from './evidence.js';
import { interruptedLab, isInterruption, prepareLabStack, removeLabStack } from './lab-stack.js';
import { describeMachine } from './manifest.js';
import { type Explainer, runSteps } from './run-steps.js';

export interface RunLabOptions {
  lab: Lab;
  stack: string;
  ports: PortChoice;
  /** Replace the stack and its data, also when a user made it. */
  fresh: boolean;
  /** Leave the stack as the lab ends it; one that a user made always stays. */
  keep: boolean;
  seed: number;
  evidence: Evidence;
  /** The version of halab. */
  version: string;
  explainer?: Explainer | undefined;
}

const steadyWrites = 20;
const steadyTimeoutMs = 30_000;

/** Who had which role when the lab began. */
interface Roles {
  primary: string;
  replica: string;
}

const nodeOf =
  ({ primary, replica }: Roles) =>
  (word: string): string =>
    word === 'primary' ? primary : word === 'replica' ? replica : word;

interface Prepared {
  roles: Roles;
  load: ForkedLoad;
  api: ApiUnderLoad;
  runId: string;
  /** Clients that insert rows. */
  writers: number;
}

/** Clients at work on a healthy stack. Given back by the caller, in the order of the returned parts. */
async function prepare(
  operation: Operation,
  { lab, stack: name, evidence }: RunLabOptions,
): Promise<Prepared> {
  const { engine, clock, emit, signal } = operation;
  const stack = await getStack(engine, name);
  const { access, configured: primary } = await askEngine(engine, stack);
  if (primary === undefined)
    throw new HalabError('STACK_UNHEALTHY', 'The proxy names no single node for writes.');
  const replica = nodesOfKind(stack, 'postgres').find((node) => node.name !== primary)?.name ?? '';
  const { writeUrl, readUrl, redisUrl, poolerUrl } = stackEndpoints(stack, access, primary);
  const runId = randomBytes(6).toString('hex');
  const ids = lab.registers === 0 ? [] : await createRegisters({ url: writeUrl, runId }, lab.registers);
  // Its process starts beside that of the API.
  const load = forkLoad({ clock, emit, signal });
  let api: ApiUnderLoad | undefined;
  try {
    api = await serveForLab(clock, { writeUrl, readUrl, redisUrl }, lab.api, load.useApi);
    const writers = await load.start({
      writeUrl: lab.throughPooler ? (poolerUrl ?? writeUrl) : writeUrl,
      apiUrl: api.url(),
      runId,
      groups: lab.groups,
      productCount: lab.products,
      registerIds: ids,
      ledgerPath: evidence.ledgerPath,
      registersPath: evidence.registersPath,
      // A client of a pooler waits in it while the primary changes; one of the proxy connects anew.
      ...(lab.throughPooler ? { connectTimeoutMs: 10_000, statementTimeoutMs: 10_000 } : {}),
    });
    return { roles: { primary, replica }, load, api, runId, writers };
  } catch (error) {
    await load[Symbol.asyncDispose]();
    await api?.[Symbol.asyncDispose]();
    throw error;
  }
}

/** What the server that takes the writes now has of the run; undefined when there is none to be believed. */
async function readFinally(
  operation: Operation,
  stackName: string,
  runId: string,
): Promise<FinalReadOptions | undefined> {
  const { engine } = operation;
  const stack = await getStack(engine, stackName);
  const { access, configured } = await askEngine(engine, stack);
  const node = configured === undefined ? undefined : getNode(stack, configured, 'postgres');
  if (node?.state !== 'running') return undefined;
  const state = await readServerState(access.postgres(node, 'monitor')).catch(() => undefined);
  return state?.role === 'primary' ? { url: postgresUrl(access.postgres(node, 'app')), runId } : undefined;
}

/** Holds the ledger against the database, and leaves the database as it was before the run. */
async function settle(
  operation: Operation,
  { lab, stack }: RunLabOptions,
  { load, runId }: Prepared,
  windows: readonly Window[],
): Promise<LedgerVerdict | null> {
  const { clock, emit } = operation;
  const server = await readFinally(operation, stack, runId);
  const parts = windows.map(({ name, fromMs, untilMs }) => ({ name, fromMs, untilMs }));
  const judge = (): Promise<LedgerVerdict> => load.judge(server?.url, parts);
  const finalRead = { id: 'final read', title: 'look for every acknowledged write' };
  const wrote = (await load.attempted()) > 0;
  const verdict = !wrote
    ? null
    : server === undefined
      ? await judge()
      : await step(emit, clock.nowMs, finalRead, judge);
  if (server !== undefined) {
    await removeRunRows(server);
    if (lab.registers > 0) await removeRegisters(server);
  }
  return verdict;
}

async function measureLab(
  operation: Operation,
  options: RunLabOptions,
  recorder: RunRecorder,
): Promise<LabRecord> {
  const { engine, clock, emit } = operation;
  const { lab, stack, evidence } = options;
  const startedAt = clock.date().toISOString();
  const manifest = await describeMachine(engine, stack, options.version);
  await evidence.status(engine, stack, 'before');
  const prepared = await prepare(operation, options);
  const { load, api, roles, runId, writers } = prepared;
  const background: Promise<unknown>[] = [];
  try {
    if (writers > 0) {
      await step(emit, clock.nowMs, { id: 'warm up', title: 'clients are at work' }, async () => {
        const isSteady = await load.steady({ writesPerClient: steadyWrites, timeoutMs: steadyTimeoutMs });
        if (!isSteady)
          throw new HalabError(
            'LAB_STUCK',
            `The clients did not write steadily within ${steadyTimeoutMs / 1000} s.`,
          );
      });
    }
    const windows = await RunWindows.begin(load);
    const context: LabContext = {
      operation,
      stack,
      node: nodeOf(roles),
      load,
      api,
      apiSettings: lab.api,
      recorder,
      windows,
      inBackground: (work) => {
        work.catch(() => undefined); // Awaited when the steps have ended.
        background.push(work);
      },
    };
    const fromMs = clock.nowMs();
    const steps: StepRecord[] = await runSteps(context, lab.steps, options.explainer);
    await Promise.all(background);
    const untilMs = clock.nowMs();
    const { timeline, maxLateMs } = await load.stop();
    const { whole, windows: parts } = await windows.end(untilMs);
    const ledger = await settle(operation, options, prepared, parts);
    const measured = { whole, windows: parts, ledger };
    const bands = recorder.bands();
    const assertions = assertionsOf(lab, { measured, steps, maxLateMs });
    await evidence.status(engine, stack, 'after');
    await evidence.logs(engine, stack);
    return {
      lab: lab.name,
      title: lab.title,
      about: lab.about,
      conclusion: lab.conclusion,
      source: lab.source,
      stack,
      topology: lab.stack,
      runId,
      startedAt,
      fromMs,
      untilMs,
      seed: options.seed,
      verdict: verdictOf(assertions),
      whole,
      outage: {
        writeMs: whole.outage.writeMs,
        readMs: whole.outage.readMs,
        resolutionMs: whole.outage.resolutionMs,
      },
      ledger,
      windows: parts,
      steps,
      moments: momentsOf(recorder.moments(), bands, whole),
      bands,
      timeline,
      assertions,
      maxLateMs,
      manifest,
      evidence: evidence.folder,
      next: [],
    };
  } finally {
    await Promise.allSettled(background);
    await load[Symbol.asyncDispose]();
    await api[Symbol.asyncDispose]();
  }
}

/**
 * Runs a lab: clients at work on a stack, the steps in turn, then every acknowledged write is looked for and each assertion held against
 * what was measured. The evidence is in its folder when this returns.
 *
 * @throws STACK_UNHEALTHY, STACK_EXISTS before anything is changed; what `up` throws; LAB_STUCK; what nobody foresaw
 */
export async function runLab(outer: Operation, options: RunLabOptions): Promise<LabRecord> {
  const { lab, stack, evidence, keep } = options;
  const recorder = new RunRecorder(outer.clock, evidence.event);
  const operation: Operation = { ...outer, emit: recorder.listen(outer.emit) };
  const { ports, fresh } = options;
  const made = await prepareLabStack(outer, { lab, stack, ports, fresh, keep });
  try {
    const record = await measureLab(operation, options, recorder);
    const next = keep || !made ? [typed(stack, 'status'), typed(stack, 'down')] : [];
    const whole = { ...record, next };
    await evidence.record(whole);
    return whole;
  } catch (error) {
    throw made && !keep && isInterruption(error) ? interruptedLab(error) : error;
  } finally {
    if (made && !keep) await removeLabStack(outer, stack);
  }
}
