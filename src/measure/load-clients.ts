import { errorCodeOf } from './classify-error.js';
import type { HttpClientOptions } from './http-exchange.js';
import type { Ledger } from './ledger.js';
import type { ClientError, ClientGroup, Groups, LoadOptions } from './load-options.js';
import { type Client, type Pace, takeTurns } from './pace.js';
import type { ReadEntry } from './read-entry.js';
import { apiReader, productsInTurn, registersInTurn } from './readers.js';
import type { RegisterAccess } from './register-access.js';
import { type RegisterClientOptions, registerWriter, sessionClient } from './register-clients.js';
import { apiWriter, proxyWriter } from './writers.js';

/** What the clients of one load share. */
export interface Shared {
  ledger: Ledger;
  pace: Omit<Pace, 'intervalMs'>;
  cut: AbortSignal;
  onRead: (entry: ReadEntry) => void;
  onUpdate: (acknowledged: boolean) => void;
  onError: (error: ClientError) => void;
  /** Called four times a second. */
  onProgress: () => void;
}

export interface StaggeredClient {
  client: Client;
  /** After the start of the load. */
  offsetMs: number;
}

const progressIntervalMs = 250;

/** The ids of the clients that insert rows: `proxy1`, `proxy2`, …, `api1`, … */
export const writerIds = ({ proxyWriters, apiWriters }: Groups): string[] => [
  ...Array.from({ length: proxyWriters.clients }, (_, index) => `proxy${index + 1}`),
  ...Array.from({ length: apiWriters.clients }, (_, index) => `api${index + 1}`),
];

const needRegisters = ({ registers }: LoadOptions): RegisterAccess => {
  if (registers === undefined) throw new RangeError('The load has clients of registers and no registers.');
  return registers;
};

/**
 * A register has one writer: they are dealt out among all clients that update some.
 *
 * @throws RangeError when there are fewer registers than such clients
 */
function dealOut({ registers }: RegisterAccess, { registerWriters, sessions }: Groups): number[][] {
  const writers = registerWriters.clients + sessions.clients;
  if (registers.count < writers)
    throw new RangeError(`${registers.count} registers are too few for ${writers} clients that update them.`);
  return Array.from({ length: writers }, (_, writer) =>
    Array.from({ length: registers.count }, (_unused, register) => register).filter(
      (register) => register % writers === writer,
    ),
  );
}

/** All clients of a load, ready to start; the proxy writers with their connections open, where the server lets them. */
export function openClients(
  options: LoadOptions,
  groups: Groups,
  { ledger, pace, cut, onRead, onUpdate, onError, onProgress }: Shared,
): Promise<StaggeredClient[]> {
  const { writeUrl, apiUrl, runId, productCount = 1000 } = options;
  const { connectTimeoutMs = 250, statementTimeoutMs = 1000, httpTimeoutMs = 2500 } = options;
  const throughApi: HttpClientOptions = { baseUrl: apiUrl, answerTimeoutMs: httpTimeoutMs };

  const openProxyWriter = (groupPace: Pace, index: number): Promise<Client> => {
    const clientId = `proxy${index + 1}`;
    const onLost = (error: unknown): void => {
      onError({ clientId, atMs: pace.clock.nowMs(), errorCode: errorCodeOf(error) });
    };
    const connecting = { url: writeUrl, connectTimeoutMs, answerTimeoutMs: statementTimeoutMs, onLost };
    return proxyWriter({ clientId, runId, ledger, pace: groupPace, cut, ...connecting });
  };
  const openApiWriter = (groupPace: Pace, index: number): Client =>
    apiWriter({ clientId: `api${index + 1}`, runId, ledger, pace: groupPace, cut, ...throughApi });
  const openReader = (groupPace: Pace, index: number): Client => {
    const firstId = 1 + Math.floor((index * productCount) / groups.readers.clients);
    const reading = { clientId: `reader${index + 1}`, pace: groupPace, cut, onRead, ...throughApi };
    return apiReader(reading, productsInTurn(productCount, firstId));
  };
  const openRegisterReader = (groupPace: Pace, index: number): Client => {
    const access = needRegisters(options);
    const reading = { clientId: `register-reader${index + 1}`, pace: groupPace, cut, onRead, ...throughApi };
    return apiReader(reading, registersInTurn(access, index % access.registers.count));
  };
  const updating = (clientId: string, groupPace: Pace, writer: number): RegisterClientOptions => {
    const access = needRegisters(options);
    const own = dealOut(access, groups)[writer] ?? [];
    return { clientId, pace: groupPace, cut, access, own, onUpdate, ...throughApi };
  };
  const openRegisterWriter = (groupPace: Pace, index: number): Client =>
    registerWriter(updating(`register-writer${index + 1}`, groupPace, index));
  const openSession = (groupPace: Pace, index: number): Client =>
    sessionClient({
      ...updating(`session${index + 1}`, groupPace, groups.registerWriters.clients + index),
      onRead,
    });
  const openReporter =
    (groupPace: Pace): Client =>
    (firstMs) =>
      takeTurns(groupPace, firstMs, () => {
        onProgress();
        return Promise.resolve();
      });

  const open = (
    { clients, intervalMs }: ClientGroup,
    openOne: (pace: Pace, index: number) => Client | Promise<Client>,
  ): Promise<StaggeredClient>[] =>
    Array.from({ length: clients }, async (_, index) => ({
      client: await openOne({ ...pace, intervalMs }, index),
      offsetMs: (index * intervalMs) / clients,
    }));
  return Promise.all([
    ...open(groups.proxyWriters, openProxyWriter),
    ...open(groups.apiWriters, openApiWriter),
    ...open(groups.readers, openReader),
    ...open(groups.registerWriters, openRegisterWriter),
    ...open(groups.registerReaders, openRegisterReader),
    ...open(groups.sessions, openSession),
    ...open({ clients: 1, intervalMs: progressIntervalMs }, openReporter),
  ]);
}
