import { Writable } from 'node:stream';

const headerBytes = 8;

/**
 * The text of a log that the engine sends in one piece: frames of an 8-byte header (stream, three zeros, length
 * as a big-endian 32-bit number) and their payload. Source: Docker Engine API, "Stream format" of attach.
 */
export function decodeLogs(output: Buffer): string {
  const pieces: Buffer[] = [];
  for (let offset = 0; offset + headerBytes <= output.length; ) {
    const length = output.readUInt32BE(offset + 4);
    pieces.push(output.subarray(offset + headerBytes, offset + headerBytes + length));
    offset += headerBytes + length;
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** A stream that calls back for each whole line written to it. */
export function splitLines(onLine: (line: string) => void): Writable {
  let rest = '';
  return new Writable({
    decodeStrings: false,
    write(chunk: Buffer | string, _encoding, done) {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
      done();
    },
    final(done) {
      if (rest !== '') onLine(rest);
      done();
    },
  });
}
