import type { ApiOptions } from './serve.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** A variable is missing or cannot be used. The message names it, and never repeats a value that may hold a password. */
export class ConfigurationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigurationError';
  }
}

function serverUrl(name: string, text: string, protocols: readonly string[]): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '' || !protocols.includes(url.protocol)) {
    throw new ConfigurationError(`${name} must be a URL that begins with ${protocols.join('// or ')}//.`);
  }
  return text;
}

function databaseUrl(name: string, text: string | undefined): string {
  if (text === undefined) throw new ConfigurationError(`${name} is missing.`);
  return serverUrl(name, text, ['postgres:', 'postgresql:']);
}

function portNumber(name: string, text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new ConfigurationError(`${name} must be a port from 0 to 65535, and is "${text}".`);
}

/**
 * The settings of the API as a program of its own, each from a variable of its environment; one that is empty counts
 * as not set.
 *
 * `WRITE_URL`, `READ_URL`: PostgreSQL, required. `REDIS_URL`: without it nothing is cached. `HOST`: where it listens,
 * 127.0.0.1 by default. `PORT`: 3000 by default; 0 is any free one.
 *
 * @throws ConfigurationError for the first variable that is missing or cannot be used
 */
export function readConfiguration(environment: Environment): ApiOptions {
  const textOf = (name: string): string | undefined => {
    const text = environment[name];
    return text === '' ? undefined : text;
  };
  const redisUrl = textOf('REDIS_URL');
  return {
    writeUrl: databaseUrl('WRITE_URL', textOf('WRITE_URL')),
    readUrl: databaseUrl('READ_URL', textOf('READ_URL')),
    redisUrl: redisUrl === undefined ? '' : serverUrl('REDIS_URL', redisUrl, ['redis:', 'rediss:']),
    cache: redisUrl !== undefined,
    host: textOf('HOST') ?? '127.0.0.1',
    port: portNumber('PORT', textOf('PORT') ?? '3000'),
  };
}
