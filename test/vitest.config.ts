import { defineConfig } from 'vitest/config';

const project = (name: string, extra: object = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], ...extra },
});

// A stack takes seconds to start: a broken wait must not take minutes to be told.
const onEngine = { testTimeout: 60_000, hookTimeout: 120_000, globalSetup: ['test/integration/leaks.ts'] };
const onEngineBuilt = { ...onEngine, globalSetup: ['test/integration/build.ts', ...onEngine.globalSetup] };

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text-summary', 'html'] },
    teardownTimeout: 60_000,
    projects: [
      project('unit'),
      project('cli'),
      project('api', onEngine),
      project('integration', onEngineBuilt),
    ],
  },
});
