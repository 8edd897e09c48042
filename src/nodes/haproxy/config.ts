import { readStackFile } from '../stack-files.js';

/** The primary, among the servers for reads: no node's name has an underscore. */
const fallbackServer = 'the_primary';

/** What a haproxy.cfg says of the stack. */
export interface ProxyConfig {
  /** The node that writes go to. */
  writesTo: string;
  /** All PostgreSQL nodes. The read port leads to those that are replicas, else to the one that writes go to. */
  databases: readonly string[];
  /** The instances of the API behind the HTTP port; none: there is no HTTP port. */
  apiInstances: readonly string[];
}

/** A haproxy.cfg; without API instances it has no HTTP port. */
export function renderConfig({ writesTo, databases, apiInstances }: ProxyConfig): string {
  const template = (name: string): string =>
    readStackFile(`config/${name}.cfg`).replaceAll('@PRIMARY@', writesTo).trimEnd();
  return [
    template('haproxy'),
    template('haproxy-read'),
    ...databases.filter((name) => name !== writesTo).map((name) => `  server ${name} ${name}:5432`),
    ...(apiInstances.length === 0 ? [] : [template('haproxy-http')]),
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

/** What could be read of a haproxy.cfg; `writesTo` is undefined when it names no server for writes, or more than one. */
export type ReadConfig = Partial<ProxyConfig> & Omit<ProxyConfig, 'writesTo'>;

/** Reads a haproxy.cfg back. */
export function parseConfig(config: string): ReadConfig {
  const apiInstances = serversOf(config, 'api');
  const primaries = serversOf(config, 'primary');
  const [writesTo, other] = primaries;
  const replicas = serversOf(config, 'replicas').filter((name) => name !== fallbackServer);
  // One that knows no read port names no replica either: what else there is, it does not tell.
  const databases = config.includes(fallbackServer) ? [...primaries, ...replicas].sort() : [];
  const rest = { databases, apiInstances };
  return writesTo === undefined || other !== undefined ? rest : { writesTo, ...rest };
}
