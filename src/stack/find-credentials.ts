import { type Clock, systemClock } from '../clock/clock.js';
import type { Engine } from '../docker/engine.js';
import type { Credentials } from '../nodes/credentials.js';
import { credentialsPath } from '../nodes/postgres/kind.js';

type Reader = Pick<Engine, 'readFile'>;

/** None of the containers has any. */
class NoCredentials extends Error {}

/** While a container ends, the engine answers nothing about it for up to half a second. */
const patienceMs = 100;

/** The passwords of a container do not change for as long as it exists. */
const known = new WeakMap<Reader, Map<string, Credentials>>();

/**
 * The passwords of a stack, which live in the volume of each PostgreSQL node; undefined when none has them. The nodes are
 * asked in this order, the next one when the one before has none, fails, or keeps silent for 100 ms: the engine starts
 * a program for each file it reads, which takes 50 ms of a processor, and a failover needs that.
 */
export async function findCredentials(
  engine: Reader,
  containerIds: readonly string[],
  clock: Pick<Clock, 'sleep'> = systemClock,
): Promise<Credentials | undefined> {
  const cache = known.get(engine) ?? new Map<string, Credentials>();
  known.set(engine, cache);
  const remembered = containerIds.map((id) => cache.get(id)).find((each) => each !== undefined);
  if (remembered !== undefined) return remembered;

  const read = async (id: string): Promise<Credentials> => {
    const text = await engine.readFile(id, credentialsPath);
    if (text === undefined) throw new NoCredentials();
    const credentials = JSON.parse(text) as Credentials;
    cache.set(id, credentials);
    return credentials;
  };
  const askFrom = async ([id, ...others]: readonly string[]): Promise<Credentials> => {
    if (id === undefined) throw new NoCredentials();
    const own = read(id);
    const answered = new AbortController();
    const silence = clock.sleep(patienceMs, answered.signal).then(() => undefined);
    const next = Promise.race([own, silence]).then(
      (found) => found ?? askFrom(others),
      () => askFrom(others),
    );
    try {
      return await Promise.any([own, next]);
    } finally {
      answered.abort();
    }
  };
  try {
    return await askFrom(containerIds);
  } catch (error) {
    const failure = causesOf(error as Error).find((each) => !(each instanceof NoCredentials));
    if (failure === undefined) return undefined;
    throw failure;
  }
}

const causesOf = (error: Error): Error[] =>
  error instanceof AggregateError ? (error.errors as Error[]).flatMap(causesOf) : [error];
