import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readConfiguration } from '../../../src/api/configuration.js';
import { newCredentials } from '../../../src/nodes/credentials.js';
import { parseConfig, renderConfig } from '../../../src/nodes/haproxy/config.js';
import { kinds } from '../../../src/nodes/kinds.js';
import type { KindName } from '../../../src/nodes/node-kind.js';

const credentials = newCredentials();
const names = {
  postgres: ['db-primary', 'db-replica'],
  haproxy: ['haproxy'],
  redis: ['redis'],
  pgbouncer: ['pgbouncer'],
  api: ['api-1', 'api-2'],
};
const setup = { name: 'db-primary', credentials, peers: ['db-replica'], writesTo: 'db-primary', names };

describe('haproxy.cfg', () => {
  it('names the node that writes go to, and can be read back', () => {
    const config = { writesTo: 'db-replica', databases: names.postgres, apiInstances: [] };
    expect(parseConfig(renderConfig(config))).toEqual(config);
  });

  it('names the instances of the API beside it, and can be read back too', () => {
    const config = { writesTo: 'db-replica', databases: names.postgres, apiInstances: ['api-1', 'api-2'] };
    const text = renderConfig(config);
    expect(parseConfig(text)).toEqual(config);
    expect(text).toContain(renderConfig({ ...config, apiInstances: [] }));
  });

  it('has no HTTP port without instances', () => {
    expect(
      renderConfig({ writesTo: 'db-primary', databases: names.postgres, apiInstances: [] }),
    ).not.toContain('mode http');
  });

  it('sends a request again only when it certainly did nothing', () => {
    const text = renderConfig({ writesTo: 'db-primary', databases: names.postgres, apiInstances: ['api-1'] });
    expect(text).toContain('http-request disable-l7-retry unless { method GET HEAD }');
  });

  it('says nothing when it names no server, or more than one', () => {
    for (const text of ['', 'backend primary\n', 'backend primary\n server a a:1\n server b b:1\n']) {
      expect(parseConfig(text)).toEqual({ databases: [], apiInstances: [] });
    }
  });
});

describe('the files of a node', () => {
  const textOf = (kind: KindName, role?: 'primary' | 'replica'): Map<string, string> =>
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

  it('give an instance of the API its servers by name: writes through the proxy, reads through it too', () => {
    const [file, ...more] = kinds.api.files(setup);
    expect(more).toEqual([]);
    expect(file).toMatchObject({ path: '/etc/halab/api.env', mode: 0o600 });
    const settings = parseEnv(file?.text ?? '');
    const withoutPasswords = Object.entries(settings).map(([name, value]) => [
      name,
      value?.replace(/:[^:@]+@/, '@'),
    ]);
    expect(Object.fromEntries(withoutPasswords)).toEqual({
      WRITE_URL: 'postgres://app@haproxy:5432/shop',
      READ_URL: 'postgres://app@haproxy:5440/shop',
      REDIS_URL: 'redis://app@redis:6379',
      HOST: '0.0.0.0',
      PORT: '3000',
    });
    expect(readConfiguration(settings)).toMatchObject({ cache: { mode: 'lease' }, port: 3000 });
  });
});
