import type { TestProject } from 'vitest/node';
import { systemClock } from '../../src/clock/clock.js';
import { connectEngine } from '../../src/docker/connect-engine.js';
import type { Engine } from '../../src/docker/engine.js';
import { historyFiles } from '../../src/history/history-file.js';
import { ensureImages } from '../../src/stack/images.js';
import { listStacks, type StackSummary } from '../../src/stack/list.js';
import { removeStack } from '../support/remove-stack.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Stands in the name of every stack that this run makes: test-RUN-…. */
    testRun: string;
  }
}

/** The process that leads the run; its number tells a crashed run's stacks from those of one that goes on. */
const testRun = String(process.pid);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function removeCrashedRuns(engine: Engine): Promise<void> {
  const crashed = (await listStacks(engine)).filter(({ name }) => {
    const [, pid] = /^test-(\d+)-/.exec(name) ?? [];
    return pid !== undefined && !isAlive(Number(pid));
  });
  const operation = { engine, clock: systemClock, emit: () => undefined, history: historyFiles(process.env) };
  await Promise.all(crashed.map(({ name }) => removeStack(operation, name)));
}

const describeLeak = ({ name, nodes, volumes, networks }: StackSummary): string =>
  `${name}: ${nodes.total} containers, ${volumes.length} volumes, ${networks.length} networks`;

/** Runs once before and after the tests: the images are there, and no test leaves anything on the engine. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const engine = await connectEngine(process.env);
  await removeCrashedRuns(engine);
  await ensureImages(engine, { emit: () => undefined, clock: systemClock });
  project.provide('testRun', testRun);
  return async () => {
    const left = (await listStacks(engine)).filter(({ name }) => name.startsWith(`test-${testRun}-`));
    if (left.length === 0) return;
    // Vitest prints what a teardown throws, and would exit with 0 all the same.
    process.exitCode = 1;
    throw new Error(`The tests left behind:\n${left.map(describeLeak).join('\n')}`);
  };
}
