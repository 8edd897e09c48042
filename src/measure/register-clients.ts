import { classifyBrokenExchange, classifyHttpAnswer, type Failure } from './classify-error.js';
import { type Exchange, type HttpClient, type HttpClientOptions, openHttpClient } from './http-exchange.js';
import { type Client, clientOver, type Pace } from './pace.js';
import type { ReadEntry } from './read-entry.js';
import { readEntryOf } from './readers.js';
import { askForRegister, type RegisterAccess } from './register-access.js';

export interface RegisterClientOptions extends HttpClientOptions {
  clientId: string;
  pace: Pace;
  /** Ends at once what is in flight. */
  cut: AbortSignal;
  access: RegisterAccess;
  /** A register has one writer: these are this client's. */
  own: readonly number[];
  readonly onUpdate: (acknowledged: boolean) => void;
}

/** Which of a client's own registers is next. */
function inTurn(own: readonly number[]): () => number {
  let turn = -1;
  return () => {
    turn = (turn + 1) % own.length;
    return own[turn] ?? 0;
  };
}

function failureOf(exchange: Exchange): Failure | undefined {
  if (exchange.kind === 'broken') return classifyBrokenExchange(exchange.errorCode, exchange);
  const { status, body } = exchange;
  return status >= 200 && status < 300 ? undefined : classifyHttpAnswer(status, body);
}

/** Writes the next number into a register, by `PATCH /products/:id`. Returns the answer when it was acknowledged. */
async function update(
  client: HttpClient,
  { clientId, access, pace: { clock }, onUpdate }: RegisterClientOptions,
  register: number,
): Promise<Extract<Exchange, { kind: 'answered' }> | undefined> {
  const { registers, ids, history } = access;
  const value = registers.next(register);
  history.wrote(clientId, register, value, clock.nowMs());
  const exchange = await client.patch(`/products/${ids[register] ?? 0}`, { stock: value });
  const failure = failureOf(exchange);
  const atMs = clock.nowMs();
  history.writeEnded(clientId, failure?.outcome ?? 'acknowledged', atMs, failure?.errorCode);
  onUpdate(failure === undefined);
  if (failure !== undefined || exchange.kind === 'broken') return undefined;
  registers.acknowledged(register, value, atMs);
  return exchange;
}

/** Updates its registers in turn, through the API. */
export function registerWriter(options: RegisterClientOptions): Client {
  const client = openHttpClient(options);
  const next = inTurn(options.own);
  return clientOver(client, options, async () => {
    await update(client, options, next());
  });
}

const writePosition = 'x-write-position';

/**
 * Updates one of its registers and at once reads it again, as a user does who saves a form and looks at the page. When the API names
 * the write's place in the WAL, the read brings it along.
 */
export function sessionClient(
  options: RegisterClientOptions & { readonly onRead: (entry: ReadEntry) => void },
): Client {
  const { clientId, access, pace, cut, onRead } = options;
  const client = openHttpClient(options);
  const next = inTurn(options.own);
  return clientOver(client, options, async () => {
    const register = next();
    const written = await update(client, options, register);
    if (written === undefined) return;
    const position = written.headers[writePosition];
    const beganAtMs = pace.clock.nowMs();
    const asked = askForRegister(access, { clientId, register, beganAtMs });
    const exchange = await client.get(
      asked.path,
      typeof position === 'string' ? { [writePosition]: position } : {},
    );
    const entry = readEntryOf(exchange, asked, { clientId, beganAtMs, completedAtMs: pace.clock.nowMs() });
    if (entry.good || !cut.aborted) onRead(entry);
  });
}
