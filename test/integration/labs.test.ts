import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shippedLabs } from '../../src/labs/file/shipped-labs.js';
import type { LabRecord } from '../../src/labs/record.js';
import { planTestStack } from '../support/stack.js';
import { unproven } from '../support/undecided.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'halab-labs-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

// The main lab has tests of its own.
describe('the lab', () => {
  it.for(shippedLabs().filter((name) => name !== 'failover'))('%s proves its conclusion', async (name) => {
    await using stack = await planTestStack();
    const { exitCode, data } = await stack.halabJson(`lab run ${name} --ports auto --report ${folder}`);
    const run = data as LabRecord;
    expect(run, JSON.stringify(data)).toMatchObject({ lab: name });
    const course = run.steps.map(({ text, outcome, observed }) => `${outcome}: ${text}: ${observed}`);
    expect(unproven(run.assertions), course.join('\n')).toEqual([]);
    expect([0, 7]).toContain(exitCode);
  });
});
