import pg from 'pg';

/** An acknowledged write: when it was asked for and when it was acknowledged. */
interface Acknowledged {
  invokedMs: number;
  acknowledgedMs: number;
}

export interface OutageFigures {
  /** The longest time between two acknowledged writes that follow each other. */
  outageMs: number;
  /** The longest such time before the fault: what the writer cannot tell from an outage. */
  resolutionMs: number;
  acknowledged: number;
  failed: number;
}

export interface Writer {
  /** Waits until this many writes were acknowledged from now on, by each client. */
  readonly waitForWrites: (perClient: number, timeoutMs: number) => Promise<void>;
  /** Notes that the next thing to happen is the fault. */
  readonly markFault: () => void;
  /** Ends the clients and reads the figures. */
  readonly stop: () => Promise<OutageFigures>;
}

// Few: each connects anew after the fault, and takes the processor from the clients that are measured.
const clientCount = 2;
const paceMs = 5;
const connectTimeoutMs = 1000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Writes through the proxy as a plain application does: a few clients, each with one connection, each inserting a
 * row every 5 ms, connecting again when the connection breaks. It knows nothing of halab, so that both sides of a
 * comparison are seen by the same eyes.
 */
export function startWriter(url: string, runName: string): Writer {
  const acknowledged: Acknowledged[] = [];
  let failed = 0;
  let stopping = false;
  const goesOn = (): boolean => !stopping;
  let faultMs = Number.POSITIVE_INFINITY;
  const counts = new Array<number>(clientCount).fill(0);

  async function client(index: number): Promise<void> {
    while (goesOn()) {
      const connection = new pg.Client({
        connectionString: url,
        connectionTimeoutMillis: connectTimeoutMs,
        query_timeout: connectTimeoutMs,
      });
      connection.on('error', () => undefined); // The query that fails reports it.
      try {
        await connection.connect();
        while (goesOn()) {
          const invokedMs = performance.now();
          const sku = `${runName}-${index}-${counts[index] ?? 0}-${failed}`;
          await connection.query("INSERT INTO products (sku, name, price) VALUES ($1, 'perf', 1)", [sku]);
          acknowledged.push({ invokedMs, acknowledgedMs: performance.now() });
          counts[index] = (counts[index] ?? 0) + 1;
          await sleep(paceMs);
        }
      } catch {
        failed += 1;
        await sleep(paceMs);
      } finally {
        await connection.end().catch(() => undefined);
      }
    }
  }
  const clients = counts.map((_, index) => client(index));

  const longestGap = (writes: readonly Acknowledged[]): number => {
    const times = writes.map(({ acknowledgedMs }) => acknowledgedMs).sort((a, b) => a - b);
    return times
      .slice(1)
      .reduce((longest, time, index) => Math.max(longest, time - (times[index] ?? time)), 0);
  };

  return {
    waitForWrites: async (perClient, timeoutMs) => {
      const targets = counts.map((count) => count + perClient);
      const deadlineMs = performance.now() + timeoutMs;
      while (counts.some((count, index) => count < (targets[index] ?? 0))) {
        if (performance.now() > deadlineMs) throw new Error(`No steady writes within ${timeoutMs} ms.`);
        await sleep(paceMs);
      }
    },
    markFault: () => {
      faultMs = performance.now();
    },
    stop: async () => {
      stopping = true;
      await Promise.all(clients);
      return {
        outageMs: longestGap(acknowledged),
        resolutionMs: longestGap(acknowledged.filter(({ acknowledgedMs }) => acknowledgedMs < faultMs)),
        acknowledged: acknowledged.length,
        failed,
      };
    },
  };
}
