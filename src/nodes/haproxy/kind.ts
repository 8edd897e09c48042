import type { FileEntry } from '../../docker/engine.js';
import type { NodeKind } from '../node-kind.js';
import { renderConfig } from './config.js';

/** Where it listens for the clients of the API, inside the stack's network, when there are API instances. */
export const httpPort = 3000;

/** Where it listens for reads, inside the stack's network. */
export const readPort = 5440;

export const configPath = '/etc/haproxy/haproxy.cfg';
/** Where a configuration waits until HAProxy has checked it and it is wanted. */
export const candidatePath = (writesTo: string): string => `${configPath}.${writesTo}`;

export const configFile = (path: string, text: string): FileEntry => ({
  path,
  text,
  mode: 0o644,
  uid: 999,
  gid: 999,
});

export const haproxyKind: NodeKind = {
  name: 'haproxy',
  image: { dockerfile: 'images/haproxy/Dockerfile', copies: ['images/haproxy'] },
  port: 5432,
  stopGraceS: 5,
  files: ({ writesTo, names }) => [
    configFile(configPath, renderConfig({ writesTo, databases: names.postgres, apiInstances: names.api })),
  ],
};
