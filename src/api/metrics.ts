import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ApiStats } from './services.js';

/** From a cached answer on an idle machine to a write that waits for the next primary. */
const durationBucketsSeconds = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

interface Observer {
  observe(seconds: number): void;
}

/**
 * The metrics of one app, in Prometheus' text format. Only durations are measured as requests pass; everything else
 * is counted already and read from `stats` when somebody asks.
 */
export class ApiMetrics {
  readonly #registry = new Registry();
  readonly #processRegistry = processRegistry();
  readonly #durations: Histogram<'route' | 'method' | 'status' | 'source'>;
  /** By route, then by what else tells two series apart: looking up beats hashing the labels anew. */
  readonly #observers = new Map<string, Map<string, Observer>>();

  constructor(stats: () => ApiStats) {
    const registers = [this.#registry];
    this.#durations = new Histogram({
      name: 'halab_api_request_duration_seconds',
      help: 'Time from the head of a request to the end of its answer.',
      labelNames: ['route', 'method', 'status', 'source'],
      buckets: durationBucketsSeconds,
      registers,
    });
    const gauge = (name: string, help: string, label: string, values: () => Record<string, number>): void => {
      new Gauge({
        name,
        help,
        labelNames: [label],
        registers,
        collect() {
          for (const [key, value] of Object.entries(values())) this.set({ [label]: key }, value);
        },
      });
    };
    const counter = (
      name: string,
      help: string,
      label: string,
      values: () => Record<string, number>,
    ): void => {
      new Counter({
        name,
        help,
        labelNames: [label],
        registers,
        collect() {
          this.reset();
          for (const [key, value] of Object.entries(values())) this.inc({ [label]: key }, value);
        },
      });
    };
    const total = (name: string, help: string, value: () => number): void => {
      new Counter({
        name,
        help,
        registers,
        collect() {
          this.reset();
          this.inc(value());
        },
      });
    };

    counter('halab_api_cache_requests_total', 'Lookups of a product in the cache.', 'result', () => {
      const { hits, misses, bypasses } = stats().cache;
      return { hit: hits, miss: misses, bypass: bypasses };
    });
    total(
      'halab_api_cache_loads_saved_total',
      'Misses that were answered by the load of another request.',
      () => stats().cache.loadsSaved,
    );
    counter('halab_api_database_reads_total', 'Reads, by the server that answered.', 'server', () => ({
      ...stats().reads,
    }));
    total(
      'halab_api_read_fallbacks_total',
      'Reads that the primary answered because the replica could not.',
      () => stats().fallbacks,
    );
    new Gauge({
      name: 'halab_api_writes_waiting',
      help: 'Writes that wait for a primary.',
      registers,
      collect() {
        this.set(stats().writesWaiting);
      },
    });
    for (const [field, name, help] of [
      ['connections', 'halab_api_pool_connections', 'Open connections.'],
      ['running', 'halab_api_pool_running_requests', 'Requests that hold a place in the pool.'],
      ['waiting', 'halab_api_pool_waiting_requests', 'Requests that wait for a place in the pool.'],
    ] as const) {
      gauge(name, help, 'server', () => {
        const { primary, replica } = stats().pools;
        return { primary: primary[field], replica: replica[field] };
      });
    }
    gauge(
      'halab_api_dependency_up',
      '1 when the dependency can be used, 0 when it cannot.',
      'dependency',
      () =>
        Object.fromEntries(
          Object.entries(stats().dependencies).map(([name, { state }]) => [name, state === 'up' ? 1 : 0]),
        ),
    );
  }

  observe(request: FastifyRequest, reply: FastifyReply): void {
    // The pattern of the route and never the URL: each new label makes a series that stays.
    const route = request.routeOptions.url ?? 'unmatched';
    const rest = request.method + String(reply.statusCode) + reply.source;
    let observers = this.#observers.get(route);
    if (observers === undefined) this.#observers.set(route, (observers = new Map<string, Observer>()));
    let observer = observers.get(rest);
    if (observer === undefined) {
      observer = this.#durations.labels(route, request.method, String(reply.statusCode), reply.source);
      observers.set(rest, observer);
    }
    observer.observe(reply.elapsedTime / 1_000);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async text(): Promise<string> {
    return await Registry.merge([this.#registry, this.#processRegistry]).metrics();
  }
}

let ofProcess: Registry | undefined;

/**
 * Memory, processor time, garbage collection and the delay of the event loop. One for the process, since prom-client
 * cannot stop its observers; they keep no process alive.
 */
function processRegistry(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}
