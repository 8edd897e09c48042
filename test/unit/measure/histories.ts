import fc from 'fast-check';
import { Ledger } from '../../../src/measure/ledger.js';

/** Any history: writes of both paths with every end, and some that are still in flight. */
export const history = fc.array(
  fc.record({
    path: fc.constantFrom('proxy' as const, 'api' as const),
    outcome: fc.constantFrom('acknowledged' as const, 'failed' as const, 'indeterminate' as const, undefined),
    durationMs: fc.integer({ min: 0, max: 1000 }),
  }),
  { maxLength: 60 },
);

export const keyOf = (index: number): string => `lab-run-client-${index}`;

/** The ledger of a history: a write is invoked every millisecond, and its key is `keyOf` its index. */
export function recordHistory(writes: typeof history extends fc.Arbitrary<infer T> ? T : never): Ledger {
  const ledger = new Ledger();
  for (const [index, { path, outcome, durationMs }] of writes.entries()) {
    const entry = ledger.invoke({ clientId: 'client', path, key: keyOf(index) }, index);
    const atMs = index + durationMs;
    if (outcome === 'acknowledged') ledger.complete(entry, { outcome, atMs });
    else if (outcome !== undefined) ledger.complete(entry, { outcome, atMs, errorCode: 'X' });
  }
  return ledger;
}

/** Array.fromAsync is not in every Node.js that halab runs on. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
