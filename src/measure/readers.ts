import { type Exchange, type HttpClientOptions, openHttpClient } from './http-exchange.js';
import { type Client, clientOver, type Pace } from './pace.js';
import type { ReadEntry, ReadSource } from './read-entry.js';
import { type Asked, askForRegister, type RegisterAccess } from './register-access.js';

export interface ReaderOptions extends HttpClientOptions {
  clientId: string;
  pace: Pace;
  /** Ends at once what is in flight. */
  cut: AbortSignal;
  readonly onRead: (entry: ReadEntry) => void;
}

/** What a reader asks for, one after the other. */
export interface ReadTurns {
  readonly next: (clientId: string, beganAtMs: number) => Asked;
}

/** The products 1 to `productCount` in turn, over and over; readers that start apart seldom ask for the same one. */
export function productsInTurn(productCount: number, firstId: number): ReadTurns {
  let id = firstId;
  return {
    next: () => {
      const path = `/products/${id}`;
      id = (id % productCount) + 1;
      return { path, ended: () => null };
    },
  };
}

/** The registers of a run in turn: each answer is held against what was acknowledged before it was asked for. */
export function registersInTurn(access: RegisterAccess, first: number): ReadTurns {
  let register = first;
  return {
    next: (clientId, beganAtMs) => {
      const asked = register;
      register = (register + 1) % access.registers.count;
      return askForRegister(access, { clientId, register: asked, beganAtMs });
    },
  };
}

/** Reads through the API, by `GET /products/:id`. */
export function apiReader(options: ReaderOptions, turns: ReadTurns): Client {
  const { clientId, pace, cut, onRead } = options;
  const client = openHttpClient(options);
  const turn = async (): Promise<void> => {
    const beganAtMs = pace.clock.nowMs();
    const asked = turns.next(clientId, beganAtMs);
    const exchange = await client.get(asked.path);
    const entry = readEntryOf(exchange, asked, { clientId, beganAtMs, completedAtMs: pace.clock.nowMs() });
    if (entry.good || !cut.aborted) onRead(entry);
  };
  return clientOver(client, options, turn);
}

/** How a read that was asked for ended. */
export function readEntryOf(
  exchange: Exchange,
  { ended }: Asked,
  about: Pick<ReadEntry, 'clientId' | 'beganAtMs' | 'completedAtMs'>,
): ReadEntry {
  const good = exchange.kind === 'answered' && exchange.status === 200 && exchange.isComplete;
  const body = good ? exchange.body : undefined;
  const staleMs = ended(body, about.completedAtMs);
  return { ...about, good, source: body === undefined ? 'unknown' : sourceOf(body), staleMs };
}

/** Of `{ "source": …, "data": … }`. Not parsed: the readers share their cores with the servers that they measure. */
function sourceOf(body: string): ReadSource {
  const [, source] = /"source"\s*:\s*"(cache|replica|primary)"/.exec(body) ?? [];
  return (source as ReadSource | undefined) ?? 'unknown';
}
