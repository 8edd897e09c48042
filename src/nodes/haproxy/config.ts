import { readStackFile } from '../stack-files.js';

/** The haproxy.cfg that sends writes to this node. */
export const renderConfig = (writesTo: string): string =>
  readStackFile('config/haproxy.cfg').replaceAll('@PRIMARY@', writesTo);

/** The node that a haproxy.cfg sends writes to; undefined when it names none, or more than one. */
export function parseWritesTo(config: string): string | undefined {
  const servers = [...config.matchAll(/^\s*server\s+(\S+)\s/gm)];
  return servers.length === 1 ? servers[0]?.[1] : undefined;
}
