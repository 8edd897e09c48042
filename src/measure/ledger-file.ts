import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { LedgerStore } from './ledger-store.js';
import { type CompletionType, type Invocation, OperationLog } from './operation-log.js';
import type { CompletedWrite, WriteEntry, WriteOutcome, WritePath } from './write-entry.js';

/** A ledger on disk, in the form of a Jepsen history of a set: `add` for each write, and a `read` of all at the end. */
export interface LedgerFile extends LedgerStore, Disposable {
  /** Records what the final read found, so that a checker needs nothing but this file. */
  readonly finalRead: (keys: Iterable<string>, invokedAtMs: number, atMs: number) => void;
}

const typeOf: Record<WriteOutcome, CompletionType> = {
  acknowledged: 'ok',
  failed: 'fail',
  indeterminate: 'info',
};
const outcomeOf: Record<CompletionType, WriteOutcome> = {
  ok: 'acknowledged',
  fail: 'failed',
  info: 'indeterminate',
};

/** @throws an error of the file system, also when the file is there already */
export function openLedgerFile(path: string): LedgerFile {
  const log = new OperationLog(path);
  const inFlight = new Map<string, Invocation>();
  return {
    invoked: ({ clientId, path: writePath, key, invokedAtMs }) => {
      const more = `,"client":${JSON.stringify(clientId)},"path":"${writePath}"`;
      inFlight.set(key, log.invoke(clientId, 'add', JSON.stringify(key), invokedAtMs, more));
    },
    completed: ({ clientId, key, outcome, completedAtMs, errorCode }) => {
      const invocation = inFlight.get(key);
      if (invocation === undefined) throw new Error(`The write ${key} was not invoked`);
      inFlight.delete(key);
      log.complete(clientId, invocation, { type: typeOf[outcome], atMs: completedAtMs, errorCode });
    },
    entries: () => {
      log.flush();
      return readLedgerFile(path);
    },
    finalRead: (keys, invokedAtMs, atMs) => {
      const invocation = log.invoke('final read', 'read', 'null', invokedAtMs);
      log.complete('final read', invocation, { type: 'ok', atMs, value: JSON.stringify([...keys]) });
    },
    [Symbol.dispose]: () => {
      log.close();
    },
  };
}

/** A line of the file. */
interface LoggedOperation {
  type: 'invoke' | CompletionType;
  f: string;
  value: string;
  process: number;
  /** Nanoseconds. */
  time: number;
  error?: string;
  client?: string;
  path?: WritePath;
}

/**
 * The writes of a ledger file, one by one: those that ended in the order of their ends, then those in flight. A last line
 * that was cut off when its process died is passed over.
 *
 * @throws an error of the file system; SyntaxError for another line that is no JSON
 */
export async function* readLedgerFile(path: string): AsyncGenerator<WriteEntry> {
  const inFlight = new Map<number, WriteEntry>();
  let broken: unknown;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    if (broken !== undefined) throw broken as Error;
    let operation: LoggedOperation;
    try {
      operation = JSON.parse(line) as LoggedOperation;
    } catch (error) {
      broken = error;
      continue;
    }
    if (operation.f !== 'add') continue;
    const ended = take(inFlight, operation);
    if (ended !== undefined) yield ended;
  }
  yield* inFlight.values();
}

/** Notes an invocation, or returns the write that this line ends. */
function take(inFlight: Map<number, WriteEntry>, operation: LoggedOperation): CompletedWrite | undefined {
  const { type, process, value: key, time, client = '', path = 'proxy', error } = operation;
  const atMs = time / 1e6;
  if (type === 'invoke') {
    const open = { completedAtMs: undefined, outcome: undefined, errorCode: undefined };
    inFlight.set(process, { clientId: client, path, key, invokedAtMs: atMs, ...open });
    return undefined;
  }
  const entry = inFlight.get(process);
  if (entry === undefined) return undefined;
  inFlight.delete(process);
  return { ...entry, completedAtMs: atMs, outcome: outcomeOf[type], errorCode: error };
}
