import { PassThrough, Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demultiplex } from '../../../src/docker/frames.js';

type Frame = readonly [stream: 1 | 2, payload: string];

function encode(frames: readonly Frame[]): Buffer {
  return Buffer.concat(
    frames.flatMap(([stream, payload]) => {
      const header = Buffer.alloc(8);
      header[0] = stream;
      header.writeUInt32BE(Buffer.byteLength(payload), 4);
      return [header, Buffer.from(payload)];
    }),
  );
}

async function decode(chunks: readonly Buffer[]): Promise<[stdout: string, stderr: string]> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const texts = Promise.all([text(stdout), text(stderr)]);
  await demultiplex(Readable.from(chunks) as AsyncIterable<Buffer>, stdout, stderr);
  stdout.end();
  stderr.end();
  return await texts;
}

describe('the output of a program in a container', () => {
  it('arrives whole on its two streams, however the connection cuts it', async () => {
    const frame = fc.tuple(fc.constantFrom<1 | 2>(1, 2), fc.string());
    await fc.assert(
      fc.asyncProperty(fc.array(frame), fc.integer({ min: 1, max: 20 }), async (frames, size) => {
        const bytes = encode(frames);
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        const of = (stream: 1 | 2): string =>
          frames
            .filter(([one]) => one === stream)
            .map(([, payload]) => payload)
            .join('');
        expect(await decode(chunks)).toEqual([of(1), of(2)]);
      }),
    );
  });

  it('waits for a reader that is slow', async () => {
    let inFlight = 0;
    let most = 0;
    const slow = new Writable({
      highWaterMark: 1,
      write: (_chunk, _encoding, done) => {
        inFlight += 1;
        most = Math.max(most, inFlight);
        setImmediate(() => {
          inFlight -= 1;
          done();
        });
      },
    });
    const frames = Array.from({ length: 50 }, (): Frame => [1, 'x'.repeat(100)]);
    await demultiplex(Readable.from([encode(frames)]) as AsyncIterable<Buffer>, slow, new PassThrough());
    expect(most).toBe(1);
    expect(slow.writableLength).toBe(0);
  });
});
