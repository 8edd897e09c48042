import { readStackFile } from '../stack-files.js';

/** What a haproxy.cfg says of the stack. */
export interface ProxyConfig {
  /** The node that writes go to. */
  writesTo: string;
  /** The instances of the API behind the HTTP port; none: there is no HTTP port. */
  apiInstances: readonly string[];
}

/** A haproxy.cfg. Without API instances it is the same as ever: what a failover loads then is no larger. */
export function renderConfig({ writesTo, apiInstances }: ProxyConfig): string {
  const writes = readStackFile('config/haproxy.cfg').replaceAll('@PRIMARY@', writesTo);
  if (apiInstances.length === 0) return writes;
  return [
    writes + readStackFile('config/haproxy-http.cfg').trimEnd(),
    ...apiInstances.map((name) => `  use-server ${name} if { req.hdr(x-instance) ${name} }`),
    ...apiInstances.map((name) => `  server ${name} ${name}:3000`),
    '',
  ].join('\n');
}

/** The names of the servers in one backend. */
function serversOf(config: string, backend: string): string[] {
  const servers: string[] = [];
  let section: string | undefined;
  for (const line of config.split('\n')) {
    const [keyword, name] = line.trim().split(/\s+/);
    // A section begins at the margin, and so may a comment inside one.
    if (/^[a-z]/.test(line)) section = keyword === 'backend' ? name : undefined;
    else if (section === backend && keyword === 'server' && name !== undefined) servers.push(name);
  }
  return servers;
}

/** Reads a haproxy.cfg back; `writesTo` is undefined when it names no server for writes, or more than one. */
export function parseConfig(config: string): Partial<ProxyConfig> & Pick<ProxyConfig, 'apiInstances'> {
  const apiInstances = serversOf(config, 'api');
  const [writesTo, other] = serversOf(config, 'primary');
  return writesTo === undefined || other !== undefined ? { apiInstances } : { writesTo, apiInstances };
}
