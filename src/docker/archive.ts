import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import type { FileEntry } from './engine.js';

/** A tar archive of these files, as the engine takes it. */
export async function packFiles(
  files: readonly (Pick<FileEntry, 'path' | 'text'> & Partial<FileEntry>)[],
): Promise<Buffer> {
  const archive = pack();
  // The header of a tar archive counts seconds; two files of one size that follow each other sooner would look the same.
  const mtime = (Date.now() / 1000).toFixed(3);
  for (const { path, text: content, mode = 0o644, uid = 0, gid = 0 } of files) {
    archive.entry({ name: path.replace(/^\//, ''), mode, uid, gid, pax: { mtime } }, content);
  }
  archive.finalize();
  return await buffer(archive);
}

/** The text of the first file in a tar archive. */
export async function unpackFirstFile(archive: NodeJS.ReadableStream): Promise<string | undefined> {
  const entries = extract();
  Readable.from(archive).pipe(entries);
  let first: string | undefined;
  for await (const entry of entries) {
    if (first === undefined && entry.header.type === 'file') first = await text(entry);
    else entry.resume();
  }
  return first;
}
