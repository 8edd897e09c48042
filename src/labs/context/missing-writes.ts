import { postgresUrl } from '../../nodes/postgres/url.js';
import { askEngine } from '../../stack/engine-answers.js';
import { getNode, getStack } from '../../stack/stack.js';
import type { LabContext } from './context.js';

/** Acknowledged writes of the ledger, so far, that the server which takes the writes now does not have. */
export async function missingWrites({ operation, stack: name, load }: LabContext): Promise<number> {
  const { engine } = operation;
  if ((await load.attempted()) === 0) return 0;
  const stack = await getStack(engine, name);
  const { access, configured = '' } = await askEngine(engine, stack);
  return await load.missing(postgresUrl(access.postgres(getNode(stack, configured, 'postgres'), 'app')));
}
