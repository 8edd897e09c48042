import type { SideResult } from './bench-result.js';
import { maxInFlight } from './target.js';

/** From here on the generator has no processor time left, and what it reports is its own limit. */
const busyCpu = 0.95;

/** More of a latency than this share must not be the generator's own. */
const ownShare = 0.5;

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/**
 * Why the figures of a side are those of the generator and not of what was measured; nothing when they are not. Pure.
 *
 * A server that is too slow for the rate is no such reason: its latencies grow, and they are true.
 */
export function bottlenecksOf({ name, latency, errors, generator }: SideResult): string[] {
  const { late, heldBack, notSent, cpu } = generator;
  const reasons: string[] = [];
  if (latency.count === 0) {
    const [error] = Object.keys(errors);
    reasons.push(`${name}: no request was answered${error === undefined ? '' : ` (${error})`}`);
  }
  if (cpu !== null && cpu >= busyCpu) {
    reasons.push(`${name}: the generator used ${percent(cpu)} of a processor, and had nothing left`);
  }
  if (heldBack > 0 || notSent > 0) {
    reasons.push(
      `${name}: the generator held ${heldBack + notSent} requests back, because ${maxInFlight} were in flight`,
    );
  }
  for (const share of ['p99Ms', 'p50Ms'] as const) {
    const [own, all] = [late[share], latency[share]];
    if (own === null || all === null || own < all * ownShare) continue;
    reasons.push(
      `${name}: the generator itself was late by ${own.toFixed(2)} ms, at ${share.slice(0, -2)}, and the latency there is ${all.toFixed(2)} ms`,
    );
    break;
  }
  return reasons;
}
