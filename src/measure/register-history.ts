import { type Invocation, OperationLog } from './operation-log.js';
import type { WriteOutcome } from './write-entry.js';

/** Keeps what was done to the registers of a run. Each client has one operation in flight. */
export interface RegisterHistory {
  readonly wrote: (clientId: string, register: number, value: number, atMs: number) => void;
  readonly read: (clientId: string, register: number, atMs: number) => void;
  readonly writeEnded: (clientId: string, outcome: WriteOutcome, atMs: number, errorCode?: string) => void;
  /** @param value undefined for a read that failed */
  readonly readEnded: (clientId: string, value: number | undefined, atMs: number) => void;
}

export const noRegisterHistory: RegisterHistory = {
  wrote: () => undefined,
  read: () => undefined,
  writeEnded: () => undefined,
  readEnded: () => undefined,
};

/**
 * A file that Elle's checker of registers (`rw-register`) takes: each operation is a transaction of one read or write,
 * `[["w","r0",3]]` or `[["r","r0",3]]`.
 *
 * @throws an error of the file system, also when the file is there already
 */
export function openRegisterFile(path: string): RegisterHistory & Disposable {
  const log = new OperationLog(path);
  const inFlight = new Map<string, { invocation: Invocation; register: number }>();
  const begin = (clientId: string, register: number, value: string, atMs: number): void => {
    inFlight.set(clientId, { invocation: log.invoke(clientId, 'txn', value, atMs), register });
  };
  const take = (clientId: string): { invocation: Invocation; register: number } => {
    const found = inFlight.get(clientId);
    if (found === undefined) throw new Error(`The client ${clientId} has nothing in flight`);
    inFlight.delete(clientId);
    return found;
  };
  return {
    wrote: (clientId, register, value, atMs) => {
      begin(clientId, register, `[["w","r${register}",${value}]]`, atMs);
    },
    read: (clientId, register, atMs) => {
      begin(clientId, register, `[["r","r${register}",null]]`, atMs);
    },
    writeEnded: (clientId, outcome, atMs, errorCode) => {
      const type = ({ acknowledged: 'ok', failed: 'fail', indeterminate: 'info' } as const)[outcome];
      log.complete(clientId, take(clientId).invocation, { type, atMs, errorCode });
    },
    readEnded: (clientId, value, atMs) => {
      const { invocation, register } = take(clientId);
      if (value === undefined) log.complete(clientId, invocation, { type: 'fail', atMs });
      else log.complete(clientId, invocation, { type: 'ok', atMs, value: `[["r","r${register}",${value}]]` });
    },
    [Symbol.dispose]: () => {
      log.close();
    },
  };
}
