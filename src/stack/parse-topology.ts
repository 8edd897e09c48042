import Type, { type Static } from 'typebox';
import { type CheckedYaml, checkedYaml, type Path } from '../yaml/checked-yaml.js';

const Port = Type.Integer({ minimum: 1, maximum: 65535 });
const closed = { additionalProperties: false };

const PostgresNode = Type.Object(
  {
    kind: Type.Literal('postgres'),
    role: Type.Union([Type.Literal('primary'), Type.Literal('replica')]),
    port: Port,
  },
  closed,
);
const HaproxyNode = Type.Object(
  {
    kind: Type.Literal('haproxy'),
    writesTo: Type.String(),
    port: Port,
    readPort: Type.Optional(Port),
  },
  closed,
);
const RedisNode = Type.Object({ kind: Type.Literal('redis'), port: Port }, closed);
const PgbouncerNode = Type.Object({ kind: Type.Literal('pgbouncer'), port: Port }, closed);

/** The form of every node, by its kind: an error then speaks of that kind alone. */
const nodeSchemas = {
  postgres: PostgresNode,
  haproxy: HaproxyNode,
  redis: RedisNode,
  pgbouncer: PgbouncerNode,
};

const TopologySchema = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
    description: Type.String(),
    nodes: Type.Record(
      Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
      Type.Object({ kind: Type.String() }),
      closed,
    ),
    api: Type.Object(
      { port: Port, instances: Type.Optional(Type.Integer({ minimum: 0, maximum: 9 })) },
      closed,
    ),
  },
  closed,
);

/** An instance of the API, on the port that HAProxy publishes for all of them. */
interface ApiNode {
  kind: 'api';
  port: number;
}

export type TopologyNode =
  | Static<typeof PostgresNode>
  | Static<typeof HaproxyNode>
  | Static<typeof RedisNode>
  | Static<typeof PgbouncerNode>
  | ApiNode;

/** Which nodes a stack has, how they connect, and the ports they publish on the engine's address. */
export interface Topology {
  name: string;
  description: string;
  nodes: Readonly<Record<string, TopologyNode>>;
  /** The port of the API, and how many instances HAProxy balances over; without any, `halab serve` has the port. */
  api: { port: number; instances?: number };
}

function checkConnections({ fail }: CheckedYaml, { nodes, api }: Topology): void {
  const entries = Object.entries(nodes);
  const primaries = entries.filter(([, node]) => node.kind === 'postgres' && node.role === 'primary');
  if (primaries.length !== 1) fail(['nodes'], `must have one primary, and ${primaries.length} are named`);
  const portOwner = new Map<number, string>();
  const takePort = (port: number, name: string, at: Path): void => {
    const owner = portOwner.get(port);
    if (owner !== undefined) fail(at, `${port} is the port of ${owner} already`);
    portOwner.set(port, name);
  };
  for (const [name, node] of entries) {
    if (/^api-\d+$/.test(name)) fail(['nodes', name], 'has the name of an instance of the API');
    takePort(node.port, name, ['nodes', name, 'port']);
    if (node.kind === 'haproxy' && node.readPort !== undefined)
      takePort(node.readPort, name, ['nodes', name, 'readPort']);
    if (node.kind === 'haproxy' && nodes[node.writesTo]?.kind !== 'postgres') {
      fail(['nodes', name, 'writesTo'], `names ${node.writesTo}, which is no PostgreSQL node`);
    }
  }
  takePort(api.port, 'the API', ['api', 'port']);
  if ((api.instances ?? 0) > 0 && entries.every(([, { kind }]) => kind !== 'haproxy')) {
    fail(['api', 'instances'], 'need a haproxy node before them');
  }
}

/**
 * Reads a topology from YAML.
 *
 * @param file named in errors
 * @throws TOPOLOGY_INVALID with file, line and column
 */
export function parseTopology(text: string, file: string): Topology {
  const source: CheckedYaml = checkedYaml(text, { file, code: 'TOPOLOGY_INVALID', whole: 'the topology' });
  source.check(TopologySchema, source.value, []);
  // The check above proved the outer form; the next ones prove each node's.
  const topology = source.value as Topology;
  for (const [name, node] of Object.entries(topology.nodes)) {
    const schema = (nodeSchemas as Partial<Record<string, Type.TSchema>>)[node.kind];
    if (schema === undefined) {
      source.fail(
        ['nodes', name, 'kind'],
        `is ${node.kind}; the kinds are ${Object.keys(nodeSchemas).join(', ')}`,
      );
    }
    source.check(schema, node, ['nodes', name]);
  }
  checkConnections(source, topology);
  return topology;
}
