import { describe, expect, it } from 'vitest';
import { HalabError } from '../../../src/errors/halab-error.js';
import { readStackFile } from '../../../src/nodes/stack-files.js';
import { parseTopology } from '../../../src/stack/parse-topology.js';
import { loadTopology } from '../../../src/stack/topology.js';

const classic = `name: small
description: one server and its proxy
nodes:
  db: { kind: postgres, role: primary, port: 5432 }
  proxy: { kind: haproxy, writesTo: db, port: 5439 }
api: { port: 3000 }
`;

const messageOf = (text: string): string => {
  try {
    parseTopology(text, 'lab.yaml');
  } catch (error) {
    if (error instanceof HalabError) return error.message;
    throw error;
  }
  return 'accepted';
};

describe('a topology file', () => {
  it('is read as it is written', () => {
    expect(parseTopology(classic, 'lab.yaml').nodes['proxy']).toEqual({
      kind: 'haproxy',
      writesTo: 'db',
      port: 5439,
    });
  });

  it('ships as classic, in the right form and with the ports that the README names', async () => {
    const { nodes, api } = await loadTopology('classic');
    expect(parseTopology(readStackFile('topologies/classic.yaml'), 'classic.yaml').nodes).toEqual(nodes);
    expect(Object.entries(nodes).map(([name, { port }]) => `${name} ${port}`)).toEqual([
      'db-primary 5432',
      'db-replica 5433',
      'haproxy 5439',
      'redis 6379',
    ]);
    expect(api.port).toBe(3000);
  });

  it('may ask for instances of the API behind its proxy', () => {
    const { api } = parseTopology(
      classic.replace('api: { port: 3000 }', 'api: { port: 3000, instances: 2 }'),
      'lab.yaml',
    );
    expect(api).toEqual({ port: 3000, instances: 2 });
  });

  it.each([
    [
      'more instances of the API than there may be',
      classic.replace('port: 3000', 'port: 3000, instances: 10'),
      /^lab\.yaml:6:\d+: api\.instances must be <= 9/,
    ],
    [
      'instances of the API without a proxy',
      classic.replace(/ {2}proxy.*\n/, '').replace('port: 3000', 'port: 3000, instances: 1'),
      /^lab\.yaml:5:\d+: api\.instances need a haproxy node before them/,
    ],
    [
      'a node with the name of an instance of the API',
      classic.replace('  db:', '  api-1:'),
      /^lab\.yaml:4:\d+: nodes\.api-1 has the name of an instance of the API/,
    ],
    [
      'the port of a node for the API',
      classic.replace('3000', '5439'),
      /^lab\.yaml:6:\d+: api\.port 5439 is the port of proxy already/,
    ],
    [
      'a value of the wrong type',
      classic.replace('port: 5432', 'port: many'),
      /^lab\.yaml:4:\d+: nodes\.db\.port must be integer/,
    ],
    [
      'a port that is none',
      classic.replace('5432', '70000'),
      /^lab\.yaml:4:\d+: nodes\.db\.port must be <= 65535/,
    ],
    [
      'a key that nobody knows',
      classic.replace('role:', 'rôle: x, role:'),
      /^lab\.yaml:4:\d+: nodes\.db\.rôle is not a key/,
    ],
    [
      'a key that is missing',
      classic.replace('role: primary, ', ''),
      /^lab\.yaml:4:\d+: nodes\.db must have/,
    ],
    [
      'a kind that there is not',
      classic.replace('kind: haproxy', 'kind: nginx'),
      /^lab\.yaml:5:\d+: nodes\.proxy\.kind is nginx; the kinds are postgres, haproxy, redis/,
    ],
    [
      'two nodes on one port',
      classic.replace('5439', '5432'),
      /^lab\.yaml:5:\d+: nodes\.proxy\.port 5432 is the port of db already/,
    ],
    [
      'writes to a node that is no server',
      classic.replace('writesTo: db', 'writesTo: proxy'),
      /^lab\.yaml:5:\d+: nodes\.proxy\.writesTo names proxy/,
    ],
    [
      'no primary',
      classic.replace('role: primary', 'role: replica'),
      /^lab\.yaml:4:\d+: nodes must have one primary, and 0 are named/,
    ],
    ['broken YAML', classic.replace('{ kind: postgres', '{ kind: [postgres'), /^lab\.yaml:\d+:\d+: /],
    ['an empty file', '', /^lab\.yaml:1:1: /],
  ])('names file, line and column for %s', (_what, text, expected) => {
    expect(messageOf(text)).toMatch(expected);
  });

  it('is refused with its name when it cannot be read', async () => {
    await expect(loadTopology('./no-such.yaml')).rejects.toThrow('./no-such.yaml cannot be read');
    await expect(loadTopology('no-such')).rejects.toThrow('no-such cannot be read');
  });
});
