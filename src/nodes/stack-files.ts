import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HalabError } from '../errors/halab-error.js';

/** The folders of this package: `src/nodes` and `dist/nodes` are equally far from them. */
const programsFolder = fileURLToPath(new URL('../../dist/programs/', import.meta.url));
const stackFolder = fileURLToPath(new URL('../../stack/', import.meta.url));

/** The text of a file below `stack/`. */
export const readStackFile = (path: string): string => readFileSync(join(stackFolder, path), 'utf8');

/** The paths below `stack/` of a file, or of all files in a folder, sorted. */
export function listStackFiles(path: string): string[] {
  if (statSync(join(stackFolder, path)).isFile()) return [path];
  return readdirSync(join(stackFolder, path))
    .sort()
    .flatMap((name) => listStackFiles(`${path}/${name}`));
}

/**
 * The text of a program that goes into an image.
 *
 * @throws IMAGE_BUILD_FAILED when it was not built
 */
export function readProgram(name: string): string {
  try {
    return readFileSync(join(programsFolder, name), 'utf8');
  } catch (cause) {
    throw new HalabError('IMAGE_BUILD_FAILED', `${join(programsFolder, name)} is not there.`, {
      hint: 'Make it: npm run build.',
      cause,
    });
  }
}
