const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
/** Well within what a timer holds. */
const maxMs = 24 * unitMs.h;

/** What a duration looks like, for an error. */
export const durationRule = 'a number with its unit, such as 500ms, 10s or 1m, and at most 24h';

/** Milliseconds from a number with its unit: `500ms`, `10s`, `1.5m`, `1h`; `0` needs none. Undefined for anything else, or more than a day. */
export function durationMs(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text === '0' ? '0s' : text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  const ms = Math.round(Number(amount) * unitMs[unit as keyof typeof unitMs]);
  return ms > maxMs ? undefined : ms;
}
