import type { ApiOptions } from './serve.js';

/** A day: well within what a timer holds. */
const maxWriteWaitMs = 86_400_000;

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

/** @param what the number is, and its unit where it has one */
function wholeNumber(name: string, text: string, what: string, maximum: number): number {
  const number = Number(text);
  if (/^\d{1,9}$/.test(text) && number <= maximum) return number;
  throw new ConfigurationError(`${name} must be ${what} from 0 to ${maximum}, and is "${text}".`);
}

function choice<const Word extends string>(name: string, text: string, words: readonly Word[]): Word {
  const word = words.find((each) => each === text);
  if (word !== undefined) return word;
  throw new ConfigurationError(`${name} must be one of ${words.join(', ')}, and is "${text}".`);
}

/**
 * The settings of the API as a program of its own, each from a variable of its environment; one that is empty counts
 * as not set.
 *
 * `WRITE_URL`, `READ_URL`: PostgreSQL, required. `REDIS_URL`: without it nothing is cached. `HOST`: where it listens,
 * 127.0.0.1 by default. `PORT`: 3000 by default; 0 is any free one. `CACHE`: `lease` by default, `single-flight` or
 * `naive`. `READS`: `eventual` by default, or `read-your-writes`. `WRITE_WAIT_MS`: how long a write waits for a new
 * primary; 0 by default.
 *
 * @throws ConfigurationError for the first variable that is missing or cannot be used
 */
export function readConfiguration(environment: Environment): ApiOptions {
  const textOf = (name: string): string | undefined => {
    const text = environment[name];
    return text === '' ? undefined : text;
  };
  const redisUrl = textOf('REDIS_URL');
  const cacheMode = choice('CACHE', textOf('CACHE') ?? 'lease', ['lease', 'single-flight', 'naive']);
  return {
    writeUrl: databaseUrl('WRITE_URL', textOf('WRITE_URL')),
    readUrl: databaseUrl('READ_URL', textOf('READ_URL')),
    redisUrl: redisUrl === undefined ? '' : serverUrl('REDIS_URL', redisUrl, ['redis:', 'rediss:']),
    cache: redisUrl !== undefined && { mode: cacheMode },
    reads: choice('READS', textOf('READS') ?? 'eventual', ['eventual', 'read-your-writes']),
    writeWaitMs: wholeNumber('WRITE_WAIT_MS', textOf('WRITE_WAIT_MS') ?? '0', 'milliseconds', maxWriteWaitMs),
    host: textOf('HOST') ?? '127.0.0.1',
    port: wholeNumber('PORT', textOf('PORT') ?? '3000', 'a port', 65_535),
  };
}
