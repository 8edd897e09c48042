import { type ForkedApi, forkApi } from '../../api/fork-api.js';
import type { Clock } from '../../clock/clock.js';
import type { ApiSettings } from '../language/api-settings.js';

export interface Servers {
  writeUrl: string;
  readUrl: string;
  redisUrl: string;
}

/** The products API that the clients of a lab ask: in a process of its own, and replaced by another when its settings change. */
export interface ApiUnderLoad extends AsyncDisposable {
  readonly url: () => string;
  readonly use: (settings: ApiSettings) => Promise<void>;
}

const start = (servers: Servers, settings: ApiSettings): Promise<ForkedApi> => {
  const { cache = 'lease', fence = true, reads = 'eventual', writeWaitMs = 0 } = settings;
  return forkApi({
    ...servers,
    cache: cache === 'none' ? false : cache === 'lease' ? { mode: 'lease', fence } : { mode: cache },
    reads,
    writeWaitMs,
  });
};

/** Longer than a request takes. */
const requestMs = 300;

/** @param onReplaced tells the clients where to ask from now on */
export async function serveForLab(
  clock: Clock,
  servers: Servers,
  settings: ApiSettings,
  onReplaced: (url: string) => Promise<void>,
): Promise<ApiUnderLoad> {
  let api = await start(servers, settings);
  return {
    url: () => api.url,
    use: async (changed) => {
      // The new one first: no client finds nobody.
      const old = api;
      api = await start(servers, changed);
      await onReplaced(api.url);
      // A request that is on its way would meet a connection that is just being closed.
      await clock.sleep(requestMs);
      await old[Symbol.asyncDispose]();
    },
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}
