import type { Labels } from '../docker/engine.js';

/** The labels by which halab finds again what it made. */
export const label = {
  stack: 'halab.stack',
  topology: 'halab.topology',
  node: 'halab.node',
  kind: 'halab.kind',
  port: 'halab.port',
  apiPort: 'halab.api-port',
  /** On HAProxy's container: the port that it publishes for the API's instances. */
  httpPort: 'halab.http-port',
  /** On HAProxy's container: the port that it publishes for reads. */
  readPort: 'halab.read-port',
  image: 'halab.image',
  /** On a container beside a node: the node whose network it changes, and how. */
  networkFault: 'halab.network-fault',
  slowMs: 'halab.slow-ms',
  partitionFrom: 'halab.partition-from',
  partitionWay: 'halab.partition-way',
  /** On a PostgreSQL node's container: the size of its volume. On a container that holds such a volume: the node. */
  diskLimit: 'halab.disk-limit',
  holdsDiskOf: 'halab.holds-disk-of',
  /** The lab that made the stack for itself and may replace it. */
  lab: 'halab.lab',
} as const;

/** Names that the engine allows for containers, networks and volumes alike, with room for a node's name. */
export const stackNamePattern = /^[a-z0-9][a-z0-9_-]{0,39}$/;
export const stackNameRule = 'Use up to 40 lower-case letters, digits, hyphens and underscores.';

/** What every part of a stack carries. Compose's own label makes its tools show the stack as one. */
export const stackLabels = (stack: string): Labels => ({
  [label.stack]: stack,
  'com.docker.compose.project': stack,
});

export const nodeLabels = (stack: string, node: string): Labels => ({
  ...stackLabels(stack),
  [label.node]: node,
  'com.docker.compose.service': node,
  'com.docker.compose.container-number': '1',
  'com.docker.compose.oneoff': 'False',
});

/** Names on the engine, where all stacks share one space. */
export const networkName = (stack: string): string => stack;
export const containerName = (stack: string, node: string): string => `${stack}-${node}`;
export const volumeName = (stack: string, node: string): string => `${stack}-${node}`;
