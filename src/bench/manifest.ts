import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import type { Engine } from '../docker/engine.js';
import type { KindName } from '../nodes/node-kind.js';
import { nodesOfKind, type Stack } from '../stack/stack.js';
import { readVersion } from '../version.js';

/** Where the figures come from. One without this cannot be held against another. */
export interface Manifest {
  /** ISO 8601. */
  date: string;
  machine: {
    cpu: string;
    cpus: number;
    memoryBytes: number;
    system: string;
    /** Of the last minute before anything was measured: other work on the machine shows here. */
    loadAverageBefore: number;
  };
  /** Of halab, node and the engine, and what each server says of itself. */
  versions: Record<string, string>;
}

/** What prints the version of a kind's program, inside its container. */
const versionCommands: Partial<Record<KindName, readonly string[]>> = {
  postgres: ['postgres', '--version'],
  haproxy: ['haproxy', '-v'],
  redis: ['redis-server', '--version'],
  pgbouncer: ['pgbouncer', '--version'],
};

/** The first number with a dot in it: `17.5` of `postgres (PostgreSQL) 17.5 (Debian …)`. */
export const versionIn = (text: string): string => /\d+\.\d+(\.\d+)*/.exec(text)?.[0] ?? 'unknown';

async function versionOf(engine: Engine, stack: Stack, kind: KindName): Promise<[string, string][]> {
  const command = versionCommands[kind];
  const node = nodesOfKind(stack, kind).find(({ state }) => state === 'running');
  if (command === undefined || node === undefined) return [];
  return [[kind, versionIn((await engine.exec(node.containerId, command)).stdout)]];
}

/** @throws ENGINE_FAILED */
export async function readManifest(engine: Engine, stack: Stack, date: Date): Promise<Manifest> {
  const loadAverageBefore = loadavg()[0] ?? 0;
  const kinds = Object.keys(versionCommands) as KindName[];
  const [description, ...found] = await Promise.all([
    engine.describe(),
    ...kinds.map((kind) => versionOf(engine, stack, kind)),
  ]);
  return {
    date: date.toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cpus: cpus().length,
      memoryBytes: totalmem(),
      system: `${platform()} ${release()}`,
      loadAverageBefore,
    },
    versions: {
      halab: readVersion(),
      node: process.versions.node,
      engine: description.version,
      ...Object.fromEntries(found.flat()),
    },
  };
}
