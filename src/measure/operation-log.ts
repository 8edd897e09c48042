import { closeSync, openSync, writeSync } from 'node:fs';

/** How an operation ended, in the words of Jepsen's histories. */
export type CompletionType = 'ok' | 'fail' | 'info';

/** An operation that was invoked and has not ended. */
export interface Invocation {
  readonly process: number;
  readonly f: string;
  /** As JSON. */
  readonly value: string;
}

/** More than this waits in memory for no longer than until the next invocation. */
const flushBytes = 64 * 1024;

/**
 * A history of operations as JSON lines, in the form that Jepsen's checkers take: `index`, `type`, `f`, `value`, `process` and `time` in
 * nanoseconds, and keys of our own that a checker passes over. https://cljdoc.org/d/io.jepsen/history
 *
 * A process of such a history has one operation in flight at most, and none after one that ended as `info`: a client goes
 * on as a new process then.
 *
 * The line of an invocation is handed to the kernel before `invoke` returns, so that a write can be sent only once it is
 * recorded, and the file of a process that was killed knows everything it had sent. Completions wait for the next
 * invocation: `npm run perf:ledger` measures what both cost.
 */
export class OperationLog {
  readonly #file: number;
  readonly #processes = new Map<string, number>();
  readonly #busy = new Set<number>();
  #nextProcess = 0;
  #index = 0;
  #pending = '';

  /** @throws an error of the file system, also when the file is there already */
  constructor(path: string) {
    this.#file = openSync(path, 'wx', 0o600);
  }

  /**
   * @param value as JSON
   * @param more further keys as JSON, each `,"key":value`
   */
  invoke(clientId: string, f: string, value: string, atMs: number, more = ''): Invocation {
    const process = this.#idleProcessOf(clientId);
    this.#busy.add(process);
    const invocation = { process, f, value };
    this.#write('invoke', invocation, value, atMs, more);
    this.flush();
    return invocation;
  }

  /** @param value as JSON; of a read, what it found */
  complete(
    clientId: string,
    invocation: Invocation,
    { type, atMs, value = invocation.value, errorCode }: LoggedCompletion,
  ): void {
    const more = errorCode === undefined ? '' : `,"error":${JSON.stringify(errorCode)}`;
    this.#write(type, invocation, value, atMs, more);
    this.#busy.delete(invocation.process);
    if (type === 'info' && this.#processes.get(clientId) === invocation.process)
      this.#processes.delete(clientId);
    if (this.#pending.length > flushBytes) this.flush();
  }

  flush(): void {
    if (this.#pending === '') return;
    const bytes = Buffer.from(this.#pending);
    this.#pending = '';
    for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written);
  }

  close(): void {
    this.flush();
    closeSync(this.#file);
  }

  /** Its own, or while that has an operation in flight one for this operation alone. */
  #idleProcessOf(clientId: string): number {
    const own = this.#processes.get(clientId);
    if (own !== undefined && !this.#busy.has(own)) return own;
    const fresh = this.#nextProcess;
    this.#nextProcess += 1;
    if (own === undefined) this.#processes.set(clientId, fresh);
    return fresh;
  }

  #write(type: string, { process, f }: Invocation, value: string, atMs: number, more: string): void {
    // By hand: JSON.stringify of an object takes three times as long, and the strings of a run need no escapes.
    this.#pending += `{"index":${this.#index},"type":"${type}","f":"${f}","value":${value},"process":${process},"time":${Math.round(atMs * 1e6)}${more}}\n`;
    this.#index += 1;
  }
}

interface LoggedCompletion {
  type: CompletionType;
  atMs: number;
  value?: string;
  errorCode?: string | undefined;
}
