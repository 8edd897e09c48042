import { type Outage, OutageTracker } from './outage.js';
import { countRead, noReads, type ReadCounts, type ReadEntry } from './read-entry.js';
import { LatencyHistogram, type LatencySummary } from './statistics/latency-histogram.js';
import { addCounts, type CompletedWrite, noWrites, type WriteCounts, type WritePath } from './write-entry.js';

/** What the clients of a load felt from one moment to another. Times are milliseconds on the run's clock. */
export interface WatchFigures {
  fromMs: number;
  untilMs: number;
  /** The first fault; null when none was marked. */
  faultMs: number | null;
  /** Writes that ended within the time. */
  writes: WriteCounts & { byPath: Partial<Record<WritePath, WriteCounts>> };
  reads: ReadCounts;
  /** Updates of registers. */
  updates: { acknowledged: number; failed: number };
  outage: {
    /** Of all writers together. Null when none ended a write; the same for reads. */
    writeMs: number | null;
    readMs: number | null;
    /** Of `writeMs`: within what it is known. Null without a fault, or when too few writes came before it. */
    resolutionMs: number | null;
    readResolutionMs: number | null;
    write: Outage | null;
    read: Outage | null;
    byPath: Partial<Record<WritePath, Outage>>;
    /** Of each client that writes, in milliseconds. */
    byClientMs: Record<string, number>;
  };
  /** Of acknowledged writes and good reads, from the moment they were sent. */
  latency: { write: LatencySummary | null; read: LatencySummary | null };
}

/** Follows a load while it runs, in memory that does not grow with the number of its operations. */
export class Watch {
  readonly #fromMs: number;
  #faultMs: number | null = null;
  readonly #writeCounts = new Map<WritePath, WriteCounts>();
  readonly #writes: OutageTracker;
  readonly #byPath = new Map<WritePath, OutageTracker>();
  readonly #byClient = new Map<string, OutageTracker>();
  readonly #writeLatency = new LatencyHistogram();
  readonly #readCounts = noReads();
  readonly #reads: OutageTracker;
  readonly #readLatency = new LatencyHistogram();
  readonly #updates = { acknowledged: 0, failed: 0 };

  constructor(fromMs: number) {
    this.#fromMs = fromMs;
    this.#writes = new OutageTracker(fromMs);
    this.#reads = new OutageTracker(fromMs);
  }

  /** From here on the clients may feel a fault. The first one counts. */
  markFault(atMs: number): void {
    if (this.#faultMs !== null) return;
    this.#faultMs = atMs;
    for (const tracker of [this.#writes, this.#reads, ...this.#byPath.values(), ...this.#byClient.values()])
      tracker.markFault();
  }

  write({ clientId, path, outcome, invokedAtMs, completedAtMs }: CompletedWrite): void {
    const counts = valueOf(this.#writeCounts, path, noWrites);
    counts.attempted += 1;
    counts[outcome] += 1;
    const ofPath = valueOf(this.#byPath, path, this.#newTracker);
    const ofClient = valueOf(this.#byClient, clientId, this.#newTracker);
    if (outcome !== 'acknowledged') return;
    for (const tracker of [this.#writes, ofPath, ofClient]) tracker.good(completedAtMs);
    this.#writeLatency.record(completedAtMs - invokedAtMs);
  }

  read(entry: ReadEntry): void {
    countRead(this.#readCounts, entry);
    if (!entry.good) return;
    this.#reads.good(entry.completedAtMs);
    this.#readLatency.record(entry.completedAtMs - entry.beganAtMs);
  }

  update(acknowledged: boolean): void {
    this.#updates[acknowledged ? 'acknowledged' : 'failed'] += 1;
  }

  /** The figures until now; the watch goes on. */
  figures(atMs: number): WatchFigures {
    // Answers that came while the clients stopped are good ones too, and the observation lasts until the last of them.
    const untilMs = Math.max(atMs, this.#writes.lastGoodMs ?? atMs);
    const all = [...this.#writeCounts.values()].reduce(addCounts, noWrites());
    const reads = this.#readCounts;
    const write = all.attempted === 0 ? null : this.#writes.end(untilMs);
    const read =
      reads.good + reads.failed === 0
        ? null
        : this.#reads.end(Math.max(atMs, this.#reads.lastGoodMs ?? atMs));
    return {
      fromMs: this.#fromMs,
      untilMs: atMs,
      faultMs: this.#faultMs,
      writes: { ...all, byPath: Object.fromEntries(this.#writeCounts) },
      reads: { ...reads, bySource: { ...reads.bySource }, staleBySource: { ...reads.staleBySource } },
      updates: { ...this.#updates },
      outage: {
        writeMs: write?.outageMs ?? null,
        readMs: read?.outageMs ?? null,
        resolutionMs: write?.resolutionMs ?? null,
        readResolutionMs: read?.resolutionMs ?? null,
        write,
        read,
        byPath: Object.fromEntries([...this.#byPath].map(([path, each]) => [path, each.end(untilMs)])),
        byClientMs: Object.fromEntries(
          [...this.#byClient].map(([clientId, each]) => [clientId, each.end(untilMs).outageMs]),
        ),
      },
      latency: { write: summaryOf(this.#writeLatency), read: summaryOf(this.#readLatency) },
    };
  }

  /** One that is first heard of after the fault has no gap before it. */
  readonly #newTracker = (): OutageTracker => {
    const tracker = new OutageTracker(this.#fromMs);
    if (this.#faultMs !== null) tracker.markFault();
    return tracker;
  };
}

const summaryOf = (latency: LatencyHistogram): LatencySummary | null =>
  latency.count === 0 ? null : latency.summary();

function valueOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
