import type { Engine } from '../docker/engine.js';
import { HalabError } from '../errors/halab-error.js';
import { label } from './labels.js';
import { configuredWritesTo } from './proxy.js';
import { nodesOfKind, stackOf } from './stack.js';

/** One stack on the engine, or what is left of one. */
export interface StackSummary {
  name: string;
  /** Null when no container tells it. */
  topology: string | null;
  nodes: { running: number; total: number };
  /** Published port of each node. */
  ports: Record<string, number>;
  /** HAProxy's second port, for reads. */
  readPort: number | null;
  /** The node that haproxy.cfg names. */
  writesTo: string | null;
  /** The lab that made it; null when a user did. */
  lab: string | null;
  volumes: string[];
  networks: string[];
}

/** Whether nothing is left of it but volumes, or a network that an interrupted command made. */
export const isRemnant = ({ nodes }: StackSummary): boolean => nodes.total === 0;

const groupBy = <T>(items: readonly T[], nameOf: (item: T) => string | undefined): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    if (name !== undefined) groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return groups;
};

/** Every stack on the engine, by name: also those of which only volumes or a network remain. */
export async function listStacks(engine: Engine): Promise<StackSummary[]> {
  const any = { [label.stack]: '' };
  const [containers, volumes, networks] = await Promise.all([
    engine.listContainers(any).then((all) => groupBy(all, ({ labels }) => labels[label.stack])),
    engine.listVolumes(any).then((all) => groupBy(all, ({ labels }) => labels[label.stack])),
    engine.listNetworks(any).then((all) => groupBy(all, ({ labels }) => labels[label.stack])),
  ]);
  const names = [...new Set([...containers.keys(), ...volumes.keys(), ...networks.keys()])].sort();
  return await Promise.all(
    names.map(async (name) => {
      const stack = stackOf(name, containers.get(name) ?? []);
      const [haproxy] = stack === undefined ? [] : nodesOfKind(stack, 'haproxy');
      // A container that another command is just removing cannot be read.
      const writesTo =
        haproxy === undefined
          ? undefined
          : await configuredWritesTo(engine, haproxy).catch((error: unknown) => {
              if (error instanceof HalabError && error.code === 'ENGINE_FAILED') return undefined;
              throw error;
            });
      const nodes = stack?.nodes ?? [];
      return {
        name,
        topology: stack?.topology ?? null,
        nodes: { running: nodes.filter(({ state }) => state === 'running').length, total: nodes.length },
        ports: Object.fromEntries(nodes.map((node) => [node.name, node.port])),
        readPort: haproxy?.readPort ?? null,
        writesTo: writesTo ?? null,
        lab: stack?.lab ?? null,
        volumes: (volumes.get(name) ?? []).map((volume) => volume.name),
        networks: (networks.get(name) ?? []).map((network) => network.name),
      };
    }),
  );
}
