import { Readable } from 'node:stream';
import type { CompletedWrite, WriteEntry } from './write-entry.js';

/** Where the entries of a ledger are kept. */
export interface LedgerStore {
  /** A write is about to be sent: when this returns, the entry outlives this process. */
  readonly invoked: (entry: WriteEntry) => void;
  readonly completed: (entry: CompletedWrite) => void;
  /** Those that ended in the order of their ends, then those in flight. */
  readonly entries: () => AsyncIterable<WriteEntry>;
}

/** For a run that is short, or that nobody will ask about later: its entries end with the process. */
export function memoryStore(): LedgerStore {
  const inFlight = new Map<string, WriteEntry>();
  const ended: CompletedWrite[] = [];
  return {
    invoked: (entry) => void inFlight.set(entry.key, entry),
    completed: (entry) => {
      inFlight.delete(entry.key);
      ended.push(entry);
    },
    entries: () => Readable.from([...ended, ...inFlight.values()]) as AsyncIterable<WriteEntry>,
  };
}
