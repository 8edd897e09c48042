import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HalabError } from '../../errors/halab-error.js';
import { meant } from '../../yaml/checked-yaml.js';
import { type Lab, parseLab } from './parse-lab.js';

/** The folder of the labs that ship: `src/labs` and `dist/labs` are equally far from it. */
const folder = fileURLToPath(new URL('../../../labs/', import.meta.url));

/** Their names, in the order in which they teach. */
export const shippedLabs = (): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => file.replace(/^\d+-/, '').replace(/\.yaml$/, ''));

/** A file, and not the name of a lab that ships with halab. */
const isFile = (nameOrFile: string): boolean => !/^[a-z][a-z0-9-]*$/.test(nameOrFile);

/** The text of a lab: of a file, or by its name of one that ships. @throws LAB_NOT_FOUND */
function readLab(nameOrFile: string): { text: string; file: string } {
  const shipped = isFile(nameOrFile)
    ? undefined
    : readdirSync(folder).find((each) => each.replace(/^\d+-/, '') === `${nameOrFile}.yaml`);
  const file = shipped === undefined ? nameOrFile : `${folder}${shipped}`;
  if (shipped === undefined && !isFile(nameOrFile)) {
    throw new HalabError(
      'LAB_NOT_FOUND',
      `There is no lab named ${nameOrFile}${meant(nameOrFile, shippedLabs())}`,
      { hint: 'The labs that ship: halab lab list. A file of your own needs its ending: ./my-lab.yaml.' },
    );
  }
  try {
    return { text: readFileSync(file, 'utf8'), file: shipped ?? nameOrFile };
  } catch (error) {
    throw new HalabError('LAB_NOT_FOUND', `${nameOrFile} cannot be read: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

/** @throws LAB_NOT_FOUND; LAB_INVALID with file, line and column */
export function loadLab(nameOrFile: string): Lab {
  const { text, file } = readLab(nameOrFile);
  return parseLab(text, file);
}
