import { once } from 'node:events';
import type { Writable } from 'node:stream';

const headerBytes = 8;
const stderrStream = 2;

async function send(target: Writable, payload: Buffer): Promise<void> {
  if (!target.write(payload)) await once(target, 'drain');
}

/**
 * Sends the payload of each frame to the stream it names, no faster than that stream takes it. A frame is an 8-byte
 * header (stream, three zeros, length as a big-endian 32-bit number) and its payload. Source: Docker Engine API,
 * "Stream format" of attach.
 *
 * @throws what the source throws when it breaks
 */
export async function demultiplex(
  source: AsyncIterable<Buffer>,
  stdout: Writable,
  stderr: Writable,
): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= headerBytes) {
      const end = headerBytes + rest.readUInt32BE(4);
      if (rest.length < end) break;
      await send(rest[0] === stderrStream ? stderr : stdout, rest.subarray(headerBytes, end));
      rest = rest.subarray(end);
    }
  }
}
