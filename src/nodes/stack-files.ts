import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder `stack/` of this package: `src/nodes` and `dist/nodes` are equally far from it. */
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
