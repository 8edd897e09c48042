import { readRunKeys } from '../../measure/final-read.js';
import { judgeWrites } from '../../measure/verdict.js';
import { postgresUrl } from '../../nodes/postgres/url.js';
import { askEngine } from '../../stack/engine-answers.js';
import { getNode, getStack } from '../../stack/stack.js';
import type { LabContext } from './context.js';

/** Acknowledged writes of the ledger, so far, that the server which takes the writes now does not have. */
export async function missingWrites({ operation, stack: name, ledger, runId }: LabContext): Promise<number> {
  const { engine } = operation;
  if (ledger.counts().attempted === 0) return 0;
  const stack = await getStack(engine, name);
  const { access, configured = '' } = await askEngine(engine, stack);
  // What is acknowledged while the rows are read is not in question: the entries are read first.
  const entries = [];
  for await (const entry of ledger.entries()) if (entry.outcome === 'acknowledged') entries.push(entry);
  const url = postgresUrl(access.postgres(getNode(stack, configured, 'postgres'), 'app'));
  const { lost } = await judgeWrites(entries, await readRunKeys({ url, runId }));
  return lost ?? 0;
}
