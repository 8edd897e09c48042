import { describe, expect, it } from 'vitest';
import { planStart, type StartStackOptions } from '../../../src/library/start-options.js';

describe('startStack without options', () => {
  it('plans a classic stack on any free ports, which disposal and a signal remove', () => {
    const { up, ...rest } = planStart({});
    expect(up).toMatchObject({ topology: 'classic', ports: 'auto' });
    expect(up.replicas).toBeUndefined();
    expect(rest).toEqual({ reuse: false, keep: false, removeOnSignal: true });
  });

  it('gives each stack a name of its own', () => {
    const names = new Set(Array.from({ length: 50 }, () => planStart({}).up.name));
    expect(names.size).toBe(50);
    for (const name of names) expect(name).toMatch(/^halab-[0-9a-f]{6}$/);
  });
});

describe('an option of startStack', () => {
  it('goes to up as it is', () => {
    const options = {
      name: 'orders',
      topology: './stack.yaml',
      ports: { offset: 100 },
      api: 2,
      replicas: 3,
      pooler: true,
      sync: 'remote_apply',
      diskLimitBytes: 512 * 1024 ** 2,
    } as const;
    expect(planStart(options).up).toEqual(options);
  });

  it.each<[string, StartStackOptions, string]>([
    ['a name with a space', { name: 'my stack' }, '"my stack" is no name for a stack.'],
    ['no replica', { replicas: 0 }, 'replicas takes a whole number from 1 to 8, not 0.'],
    ['half a replica', { replicas: 1.5 }, 'replicas takes a whole number from 1 to 8, not 1.5.'],
    ['ten instances', { api: 10 }, 'api takes a whole number from 0 to 9, not 10.'],
    ['a small disk', { diskLimitBytes: 1 }, 'diskLimitBytes takes a whole number from 268435456'],
    ['no port', { ports: { offset: Number.NaN } }, 'ports.offset takes a whole number'],
    ['another mode', { sync: 'maybe' as 'on' }, 'sync takes off, on, remote_apply.'],
  ])('%s is refused before anything is made', (_what, options, message) => {
    expect(() => planStart(options)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });
});
