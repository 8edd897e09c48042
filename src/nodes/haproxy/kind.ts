import type { FileEntry } from '../../docker/engine.js';
import type { NodeKind } from '../node-kind.js';
import { renderConfig } from './config.js';

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
  files: ({ writesTo }) => [configFile(configPath, renderConfig(writesTo))],
};
