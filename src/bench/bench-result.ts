import type { LatencySummary } from '../measure/statistics/latency-histogram.js';
import type { Ratio } from '../measure/statistics/ratio.js';
import type { Manifest } from './manifest.js';

export type BenchmarkName = 'cache' | 'reads' | 'writes' | 'mixed' | 'pg';

/** The way to the products: over HTTP, or straight to a server with SQL. */
export const paths = ['api', 'proxy', 'replica', 'pooler'] as const;
export type Path = (typeof paths)[number];

export interface BenchSettings {
  /** Of the open model. */
  ratePerSecond: number;
  /** Of the open model in each round; the closed one takes half as long. */
  durationMs: number;
  rounds: number;
  /** Of the closed model: so many ask again as soon as they have their answer. */
  connections: number;
  /** Before each measurement of a side; counted nowhere but at the database. */
  warmUpMs: number;
  /** Share of writes among the requests; null where the benchmark decides it. */
  writeRatio: number | null;
  /** Null where the benchmark decides it. */
  through: Path[] | null;
  /** Of the order of requests and of the bootstrap. */
  seed: number;
}

/** Which server an answer of the API came from. */
export type Source = 'cache' | 'replica' | 'primary';
export type SourceCounts = Record<Source, number>;

/** How many requests ended in which error: `HTTP 503`, `ECONNRESET`, a SQLSTATE, `no answer`. */
export type ErrorCounts = Record<string, number>;

export interface DatabaseLoad {
  /** At all servers together. */
  queries: number;
  /** What caused them, the warm-up included. */
  requests: number;
  perRequest: number | null;
}

/** How the generator did. What it took for itself is in the latencies as well. */
interface GeneratorFigures {
  /** From the intended start of a request to its real one, for what was not held back. */
  late: LatencySummary;
  /** Requests that waited because as many as may be were in flight. */
  heldBack: number;
  /** Requests whose time came and that were not sent before the end. */
  notSent: number;
  /** The most of one processor that it used in a measurement; null where it is another program. */
  cpu: number | null;
}

/** What was measured of a side, in one round or in all of them. */
export interface SideFigures {
  /** Open model: from the intended start to the end of the answer, of requests that succeeded. */
  latency: LatencySummary;
  rateAskedPerSecond: number;
  rateAchievedPerSecond: number;
  /** Closed model: answers a second, without those that failed. Of all rounds: their median. */
  throughputPerSecond: number | null;
  /** Of both models. */
  errors: ErrorCounts;
  /** Of the open model; null where answers do not tell. */
  sources: SourceCounts | null;
  /** Null where it is not counted. */
  database: DatabaseLoad | null;
  generator: GeneratorFigures;
}

export interface SideResult extends SideFigures {
  name: string;
  rounds: SideFigures[];
}

export const metrics = ['throughputPerSecond', 'p50Ms', 'p99Ms'] as const;
export type Metric = (typeof metrics)[number];

/** One side as a multiple of another that took turns with it. */
export interface Gain extends Ratio {
  side: string;
  to: string;
  metric: Metric;
}

/** This run as a multiple of an earlier one. */
export interface Change extends Ratio {
  side: string;
  metric: Metric;
  earlier: number;
  now: number;
}

export interface Comparison {
  /** Date of the earlier run, ISO 8601. */
  earlierDate: string;
  changes: Change[];
  /** What makes the two runs unlike, a sentence each. */
  differences: string[];
}

export const resultFormat = 'halab bench 1';

/** One run of `halab bench`: what `--json` prints and `--save` keeps. */
export interface BenchResult {
  format: typeof resultFormat;
  benchmark: BenchmarkName;
  stack: string;
  /** Inconclusive: the generator was the bottleneck, or nothing was answered; `reasons` say where. */
  verdict: 'measured' | 'inconclusive';
  reasons: string[];
  settings: BenchSettings;
  manifest: Manifest;
  sides: SideResult[];
  gains: Gain[];
  comparison: Comparison | null;
}
