import { describe, expect, it } from 'vitest';
import { ConfigurationError, readConfiguration } from '../../../src/api/configuration.js';

const environment = {
  WRITE_URL: 'postgres://app:geheim@haproxy:5432/shop',
  READ_URL: 'postgresql://app:geheim@db-replica:5432/shop',
  REDIS_URL: 'redis://app:geheim@redis:6379',
};

describe('the configuration of the API as a program', () => {
  it('is three URLs; it listens on 127.0.0.1:3000 unless told otherwise', () => {
    expect(readConfiguration(environment)).toEqual({
      writeUrl: environment.WRITE_URL,
      readUrl: environment.READ_URL,
      redisUrl: environment.REDIS_URL,
      cache: { mode: 'lease' },
      reads: 'eventual',
      writeWaitMs: 0,
      host: '127.0.0.1',
      port: 3000,
    });
    const chosen = { CACHE: 'naive', READS: 'read-your-writes', WRITE_WAIT_MS: '10000' };
    expect(readConfiguration({ ...environment, ...chosen })).toMatchObject({
      cache: { mode: 'naive' },
      reads: 'read-your-writes',
      writeWaitMs: 10_000,
    });
    expect(readConfiguration({ ...environment, HOST: '0.0.0.0', PORT: '8080' })).toMatchObject({
      host: '0.0.0.0',
      port: 8080,
    });
  });

  it.each([undefined, ''])('caches nothing when REDIS_URL is %j', (REDIS_URL) => {
    expect(readConfiguration({ ...environment, REDIS_URL })).toMatchObject({ cache: false });
  });

  it.each([
    ['WRITE_URL', undefined, 'WRITE_URL is missing.'],
    ['READ_URL', '', 'READ_URL is missing.'],
    ['WRITE_URL', 'mysql://app:geheim@db/shop', 'WRITE_URL must be a URL that begins with postgres://'],
    ['READ_URL', 'app:geheim@db', 'READ_URL must be a URL that begins with postgres://'],
    ['READ_URL', 'postgres:///shop', 'READ_URL must be a URL that begins with postgres://'],
    ['REDIS_URL', 'http://app:geheim@redis', 'REDIS_URL must be a URL that begins with redis://'],
    ['PORT', '65536', 'PORT must be a port from 0 to 65535, and is "65536".'],
    ['PORT', 'http', 'PORT must be a port from 0 to 65535, and is "http".'],
    ['CACHE', 'off', 'CACHE must be one of lease, single-flight, naive, and is "off".'],
    ['READS', 'strong', 'READS must be one of eventual, read-your-writes, and is "strong".'],
    ['WRITE_WAIT_MS', '10s', 'WRITE_WAIT_MS must be milliseconds from 0 to 86400000, and is "10s".'],
    ['PORT', '-1', 'PORT must be a port from 0 to 65535'],
  ])('is refused when %s is %j, with its name and without a password', (name, value, message) => {
    const read = (): unknown => readConfiguration({ ...environment, [name]: value });
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(message);
    expect(read).not.toThrow('geheim');
  });
});
