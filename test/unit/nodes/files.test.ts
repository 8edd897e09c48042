import { describe, expect, it } from 'vitest';
import { newCredentials } from '../../../src/nodes/credentials.js';
import { parseWritesTo, renderConfig } from '../../../src/nodes/haproxy/config.js';
import { kinds } from '../../../src/nodes/kinds.js';

const credentials = newCredentials();
const setup = { name: 'db-primary', credentials, peers: ['db-replica'], writesTo: 'db-primary' };

describe('haproxy.cfg', () => {
  it('names the node that writes go to, and can be read back', () => {
    expect(parseWritesTo(renderConfig('db-replica'))).toBe('db-replica');
  });

  it('says nothing when it names no server, or more than one', () => {
    expect(parseWritesTo('backend primary\n')).toBeUndefined();
    expect(parseWritesTo(' server a a:5432\n server b b:5432\n')).toBeUndefined();
  });
});

describe('the files of a node', () => {
  const textOf = (
    kind: 'postgres' | 'haproxy' | 'redis',
    role?: 'primary' | 'replica',
  ): Map<string, string> =>
    new Map(
      kinds[kind]
        .files({ ...setup, ...(role === undefined ? {} : { role }) })
        .map(({ path, text }): [string, string] => [path, text]),
    );

  it('give a primary verifiers of the passwords and a slot for each peer, and no password in SQL', () => {
    const bootstrap = textOf('postgres', 'primary').get('/var/lib/postgresql/bootstrap.sql') ?? '';
    expect(bootstrap.match(/SCRAM-SHA-256\$/g)).toHaveLength(4);
    expect(bootstrap).toContain(`pg_create_physical_replication_slot('db_replica', true)`);
    for (const password of Object.values(credentials) as string[]) expect(bootstrap).not.toContain(password);
  });

  it('make a replica start as a standby, with no SQL of its own', () => {
    const files = textOf('postgres', 'replica');
    expect(files.has('/var/lib/postgresql/standby.signal')).toBe(true);
    expect(files.has('/var/lib/postgresql/bootstrap.sql')).toBe(false);
  });

  it('name the peer to follow without its password, which is in the passfile', () => {
    const conf = textOf('postgres', 'replica').get('/var/lib/postgresql/node.conf') ?? '';
    expect(conf).toContain('host=db-replica');
    expect(conf).not.toContain(credentials.replicator);
  });

  it('are readable by nobody but their server where they hold a secret', () => {
    for (const { path, mode } of kinds.postgres.files({ ...setup, role: 'primary' })) {
      expect([path, mode]).toEqual([path, 0o600]);
    }
  });

  it('hold the hash of the password of Redis, not the password', () => {
    const acl = textOf('redis').get('/etc/redis/users.acl') ?? '';
    expect(acl).toMatch(/user app on #[0-9a-f]{64} /);
    expect(acl).toContain('user default off');
    expect(acl).not.toContain(credentials.redis);
  });
});
