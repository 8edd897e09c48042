import { readFileSync } from 'node:fs';
import { HalabError } from '../errors/halab-error.js';
import { readStackFile } from '../nodes/stack-files.js';
import type { Topology } from './parse-topology.js';

/** A file, and not the name of a topology that ships with halab. */
const isFile = (nameOrFile: string): boolean => !/^[a-z][a-z0-9-]*$/.test(nameOrFile);

function read(nameOrFile: string): string {
  try {
    return isFile(nameOrFile)
      ? readFileSync(nameOrFile, 'utf8')
      : readStackFile(`topologies/${nameOrFile}.yaml`);
  } catch (error) {
    throw new HalabError('TOPOLOGY_INVALID', `${nameOrFile} cannot be read: ${(error as Error).message}.`, {
      hint: 'Name a YAML file, or a topology that ships with halab: classic.',
      cause: error,
    });
  }
}

/**
 * Reads a topology: a file, or by its name one that ships with halab. The schema takes 0.2 s to load, so only files
 * are held against it here; a test does so with those that ship.
 *
 * @throws TOPOLOGY_INVALID when it cannot be read; with file, line and column when it has not the right form
 */
export async function loadTopology(nameOrFile: string): Promise<Topology> {
  const text = read(nameOrFile);
  if (isFile(nameOrFile)) {
    const { parseTopology } = await import('./parse-topology.js');
    return parseTopology(text, nameOrFile);
  }
  const { parse } = await import('yaml');
  return parse(text) as Topology;
}
