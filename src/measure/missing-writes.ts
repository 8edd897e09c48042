import { type FinalReadOptions, readRunKeys } from './final-read.js';
import type { Ledger } from './ledger.js';
import { judgeWrites } from './verdict.js';

/** Acknowledged writes of the ledger, so far, that a server does not have. @throws what pg throws */
export async function missingWrites(ledger: Ledger, server: FinalReadOptions): Promise<number> {
  // What is acknowledged while the rows are read is not in question: the entries are read first.
  const entries = [];
  for await (const entry of ledger.entries()) if (entry.outcome === 'acknowledged') entries.push(entry);
  const { lost } = await judgeWrites(entries, await readRunKeys(server));
  return lost ?? 0;
}
