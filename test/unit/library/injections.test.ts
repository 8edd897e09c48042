import { expect, it } from 'vitest';
import { injectionOf } from '../../../src/library/injections.js';

it('a partition is from everybody and both ways unless it says otherwise', () => {
  expect(injectionOf('partition', {})).toEqual({ fault: 'partition', from: [], way: 'both' });
  expect(injectionOf('partition', { from: ['haproxy'], way: 'in' })).toEqual({
    fault: 'partition',
    from: ['haproxy'],
    way: 'in',
  });
});

it('how long it is held is no part of a fault', () => {
  expect(injectionOf('slow', { delayMs: 50, forMs: 1000 })).toEqual({ fault: 'slow', delayMs: 50 });
  expect(injectionOf('kill', { forMs: 1000 })).toEqual({ fault: 'kill' });
});

it('one that there is not is told with those that there are', () => {
  expect(() => injectionOf('explode' as 'kill', {})).toThrow(
    expect.objectContaining({
      code: 'USAGE',
      message: 'There is no fault named explode.',
      hint: expect.stringContaining('kill, stop, pause') as string,
    }) as Error,
  );
});
