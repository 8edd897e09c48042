import type { Labels } from '../docker/engine.js';

/** The labels by which halab finds again what it made. */
export const label = {
  stack: 'halab.stack',
  topology: 'halab.topology',
  node: 'halab.node',
  kind: 'halab.kind',
  port: 'halab.port',
  apiPort: 'halab.api-port',
  image: 'halab.image',
  /** The lab that made the stack for itself and may replace it. */
  lab: 'halab.lab',
} as const;

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
export const volumeName = containerName;
