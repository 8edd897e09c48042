import { errorCodeOf } from './classify-error.js';
import type { Ledger, WritePath } from './ledger.js';
import type { ClientError, ClientGroup, LoadOptions } from './load-options.js';
import { type Client, type Pace, takeTurns } from './pace.js';
import { apiReader, type ReadLog } from './readers.js';
import { apiWriter, proxyWriter } from './writers.js';

/** What the clients of one load share. */
interface Shared {
  ledger: Ledger;
  reads: ReadLog;
  pace: Omit<Pace, 'intervalMs'>;
  cut: AbortSignal;
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

/** `proxy1`, `proxy2`, …, `api1`, … */
const clientIdOf = (path: WritePath, index: number): string => `${path}${index + 1}`;

export const writerIds = ({ proxyWriters, apiWriters }: Groups): string[] => [
  ...Array.from({ length: proxyWriters.clients }, (_, index) => clientIdOf('proxy', index)),
  ...Array.from({ length: apiWriters.clients }, (_, index) => clientIdOf('api', index)),
];

export interface Groups {
  proxyWriters: ClientGroup;
  apiWriters: ClientGroup;
  readers: ClientGroup;
}

/** All clients of a load, ready to start; the proxy writers with their connections open, where the server lets them. */
export function openClients(
  { writeUrl, apiUrl, runId, productCount = 1000, ...options }: LoadOptions,
  { proxyWriters, apiWriters, readers }: Groups,
  { ledger, reads, pace, cut, onError, onProgress }: Shared,
): Promise<StaggeredClient[]> {
  const { connectTimeoutMs = 250, statementTimeoutMs = 1000, httpTimeoutMs = 2500 } = options;
  const throughApi = { baseUrl: apiUrl, answerTimeoutMs: httpTimeoutMs, cut };

  const openProxyWriter = (groupPace: Pace, index: number): Promise<Client> => {
    const clientId = clientIdOf('proxy', index);
    const onLost = (error: unknown): void => {
      onError({ clientId, atMs: pace.clock.nowMs(), errorCode: errorCodeOf(error) });
    };
    const connecting = { url: writeUrl, connectTimeoutMs, answerTimeoutMs: statementTimeoutMs, onLost };
    return proxyWriter({ clientId, runId, ledger, pace: groupPace, cut, ...connecting });
  };
  const openApiWriter = (groupPace: Pace, index: number): Client =>
    apiWriter({ clientId: clientIdOf('api', index), runId, ledger, pace: groupPace, ...throughApi });
  const openReader = (groupPace: Pace, index: number): Client => {
    const firstId = 1 + Math.floor((index * productCount) / readers.clients);
    return apiReader({ log: reads, pace: groupPace, productCount, firstId, ...throughApi });
  };
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
    ...open(proxyWriters, openProxyWriter),
    ...open(apiWriters, openApiWriter),
    ...open(readers, openReader),
    ...open({ clients: 1, intervalMs: progressIntervalMs }, openReporter),
  ]);
}
