import { InvalidArgumentError } from '@commander-js/extra-typings';

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
/** Well within what a timer holds. */
const maxMs = 24 * unitMs.h;

/**
 * Milliseconds from a number with its unit: `500ms`, `10s`, `1.5m`, `1h`; `0` needs none; at most a day.
 *
 * @throws InvalidArgumentError for anything else
 */
export function parseDurationMs(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text === '0' ? '0s' : text) ?? [];
  if (amount === undefined || unit === undefined)
    throw new InvalidArgumentError('It takes a number with its unit, such as 500ms, 10s or 1m.');
  const ms = Math.round(Number(amount) * unitMs[unit as keyof typeof unitMs]);
  if (ms > maxMs) throw new InvalidArgumentError('It takes at most 24h.');
  return ms;
}
