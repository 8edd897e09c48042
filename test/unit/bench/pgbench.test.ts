import { describe, expect, it } from 'vitest';
import { versionIn } from '../../../src/bench/manifest.js';
import { type PgbenchOptions, parsePgbench, pgbenchWords } from '../../../src/bench/pgbench.js';
import { HalabError } from '../../../src/errors/halab-error.js';

const report = `pgbench (17.5 (Debian 17.5-1))
transaction type: -
scaling factor: 1
query mode: prepared
number of clients: 4
number of threads: 1
maximum number of tries: 1
duration: 1 s
number of transactions actually processed: 3
number of failed transactions: 0 (0.000%)
latency average = 1.100 ms
latency stddev = 0.400 ms
initial connection time = 12.345 ms
tps = 299.875123 (without initial connection time)
`;

const options: PgbenchOptions = {
  script: 'read',
  address: { host: 'haproxy', port: 5432, password: 'secret' },
  ids: ['1001', '1002', '1100'],
  skuPrefix: 'bench-a-',
  clients: 4,
  seconds: 1,
  applicationName: 'halab-bench',
};

describe('pgbench', () => {
  it('tells its rate in the report, and each latency in the lines of its log', () => {
    const found = parsePgbench(
      `${report}0 1 1500 0 1700000000 123456 12\n1 1 900 0 1700000000 123999 3\n3 1 2100 0 1 2 0\n`,
    );
    expect(found).toMatchObject({ transactions: 3, failed: 0, perSecond: 299.875123 });
    expect(found.latency.count).toBe(3);
    expect(found.latency.maxMs).toBeCloseTo(2.1, 1);
  });

  it('whose output is no report is an error that shows it', () => {
    expect(() => parsePgbench('connection refused')).toThrow(HalabError);
    expect(() => parsePgbench('connection refused')).toThrow('pgbench gave no report');
  });

  it('that got no transaction done in its time has a rate of 0', () => {
    const [head = ''] = report.split('latency average');
    const none = head.replace('processed: 3', 'processed: 0').replace('0.000%', 'NaN%');
    expect(parsePgbench(none)).toMatchObject({ transactions: 0, failed: 0, perSecond: 0 });
  });

  it('is given no password as an argument', () => {
    expect(pgbenchWords(options).join(' ')).not.toContain('secret');
  });

  it('has a rate only where one is asked for', () => {
    expect(pgbenchWords(options).join(' ')).not.toContain('--rate');
    expect(pgbenchWords({ ...options, ratePerSecond: 300 })).toContain('--rate=300');
  });
});

describe('a version', () => {
  it.each([
    ['postgres (PostgreSQL) 17.5 (Debian 17.5-1)', '17.5'],
    ['HAProxy version 3.0.11-1+deb13u1 2025/06/30 - https://haproxy.org/', '3.0.11'],
    ['Redis server v=8.0.2 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64', '8.0.2'],
    ['PgBouncer 1.24.1\nlibevent 2.1.12-stable', '1.24.1'],
    ['nothing', 'unknown'],
  ])('in "%s" is %s', (text, version) => {
    expect(versionIn(text)).toBe(version);
  });
});
