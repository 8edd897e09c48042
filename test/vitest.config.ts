import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// What the tests do to their stacks has no place in the history of the user’s own.
const stateHome = mkdtempSync(join(tmpdir(), 'halab-test-state-'));
process.once('exit', () => {
  rmSync(stateHome, { recursive: true, force: true });
});

const project = (name: string, groupOrder: number, extra: object = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], sequence: { groupOrder }, ...extra },
});

// Files of half a minute and more, the longest first: begun last, one of them would hold one processor while the other
// has nothing left to do.
const long = [
  'labs',
  'interrupted-commands',
  'interrupted-failover',
  'interrupted-switchover',
  'faults',
  'two-replicas',
  'matrix-replicas',
  'matrix-classic',
  'labs-report',
  'pooler',
  'rejoin',
  'library',
  'switchover',
  'api-instances',
  'replicas',
  'bench',
  'lifecycle',
  'failover-refusals',
].map((name) => `/${name}.test.ts`);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = long.findIndex((name) => moduleId.endsWith(name));
      return index === -1 ? long.length : index;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

// A stack takes seconds to start: a broken wait must not take minutes to be told.
const onEngine = { testTimeout: 120_000, hookTimeout: 120_000, globalSetup: ['test/integration/leaks.ts'] };
const onEngineBuilt = { ...onEngine, globalSetup: ['test/integration/build.ts', ...onEngine.globalSetup] };

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text-summary', 'html'] },
    env: { XDG_STATE_HOME: stateHome },
    teardownTimeout: 60_000,
    // One file a processor: on two of them three workers gain a twentieth of the time (206 s and 216 s for eight files with
    // stacks) and make each test two fifths slower. Tests of pure parts come first, where no stack takes the processor from their
    // timers.
    maxWorkers: '100%',
    // No module keeps anything from one file to the next: loading them once saves a third of the time of the unit tests.
    isolate: false,
    maxConcurrency: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      project('unit', 0),
      // Some run a dozen commands: half a second each where both processors are busy.
      project('cli', 0, { testTimeout: 30_000 }),
      project('browser', 0, {
        testTimeout: 60_000,
        hookTimeout: 60_000,
        globalSetup: ['test/browser/chromium.ts'],
      }),
      project('api', 1, onEngine),
      project('integration', 1, onEngineBuilt),
    ],
  },
});
