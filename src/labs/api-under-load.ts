import { type RunningApi, startApi } from '../api/serve.js';
import type { Clock } from '../clock/clock.js';
import type { ApiSettings } from './api-settings.js';

export interface Servers {
  writeUrl: string;
  readUrl: string;
  redisUrl: string;
}

/** The products API that the clients of a lab ask: in this process, and replaced by another when its settings change. */
export interface ApiUnderLoad extends AsyncDisposable {
  readonly url: () => string;
  readonly use: (settings: ApiSettings) => Promise<void>;
}

const start = (servers: Servers, settings: ApiSettings): Promise<RunningApi> => {
  const { cache = 'lease', fence = true, reads = 'eventual', writeWaitMs = 0 } = settings;
  return startApi({
    ...servers,
    // Any free port: a `halab serve` of the user's may be at work on the stack's own.
    port: 0,
    docs: false,
    cache: cache === 'none' ? false : cache === 'lease' ? { mode: 'lease', fence } : { mode: cache },
    reads,
    writeWaitMs,
  });
};

/** Longer than a request takes. */
const requestMs = 300;

export async function serveForLab(
  clock: Clock,
  servers: Servers,
  settings: ApiSettings,
): Promise<ApiUnderLoad> {
  let api = await start(servers, settings);
  return {
    url: () => api.url,
    use: async (changed) => {
      // The new one first: no client finds nobody.
      const old = api;
      api = await start(servers, changed);
      // A request that is on its way would meet a connection that is just being closed.
      await clock.sleep(requestMs);
      await old.close();
    },
    [Symbol.asyncDispose]: () => api.close(),
  };
}
