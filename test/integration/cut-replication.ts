import { expect } from 'vitest';
import type { TestStack } from '../support/stack.js';

/** The replica follows nobody any more: what the primary writes from now on, only the primary has. */
export async function cutReplication(stack: TestStack): Promise<void> {
  await stack.sql('db-replica', `ALTER SYSTEM SET primary_conninfo = ''`);
  await stack.sql('db-replica', 'SELECT pg_reload_conf()');
  await expect
    .poll(() => stack.sql('db-replica', 'SELECT count(*) FROM pg_stat_wal_receiver'), { timeout: 20_000 })
    .toBe('0');
}
