import { defineConfig } from 'vitest/config';

const project = (name: string, extra: object = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], ...extra },
});

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text-summary', 'html'] },
    projects: [
      project('unit'),
      project('cli'),
      // These run a real engine: a stack takes seconds, a broken wait must not take minutes.
      project('api', { testTimeout: 60_000, hookTimeout: 120_000 }),
      project('integration', {
        testTimeout: 60_000,
        hookTimeout: 120_000,
        globalSetup: 'test/integration/leaks.ts',
      }),
    ],
  },
});
