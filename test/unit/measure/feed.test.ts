import { describe, expect, it } from 'vitest';
import { Feed } from '../../../src/measure/feed.js';

const wait = { timeoutMs: 1000, onTimeout: () => new Error('too late') };
const even = (item: number) => (item % 2 === 0 ? item : undefined);

describe('feed', () => {
  it('finds what has happened already before what happens next', async () => {
    const feed = new Feed<number>();
    for (const item of [1, 2, 4]) feed.push(item);
    await expect(feed.first(even, wait)).resolves.toBe(2);
  });

  it('waits for what happens next', async () => {
    const feed = new Feed<number>();
    const waiting = feed.first(even, wait);
    feed.push(3);
    feed.push(6);
    feed.push(8);
    await expect(waiting).resolves.toBe(6);
  });

  it('gives up at the deadline, at the signal, and when nothing will happen any more', async () => {
    const feed = new Feed<number>();
    await expect(feed.first(even, { ...wait, timeoutMs: 5 })).rejects.toThrow('too late');
    const signal = AbortSignal.abort(new Error('interrupted'));
    await expect(feed.first(even, { ...wait, signal })).rejects.toThrow('interrupted');
    const waiting = feed.first(even, wait);
    feed.end(new Error('over'));
    await expect(waiting).rejects.toThrow('over');
    await expect(feed.first(even, wait)).rejects.toThrow('over');
  });
});
