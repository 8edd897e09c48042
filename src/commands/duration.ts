import { InvalidArgumentError } from '@commander-js/extra-typings';
import { durationMs, durationRule } from '../clock/duration.js';

/**
 * Milliseconds from a number with its unit: `500ms`, `10s`, `1.5m`, `1h`; `0` needs none; at most a day.
 *
 * @throws InvalidArgumentError for anything else
 */
export function parseDurationMs(text: string): number {
  const ms = durationMs(text);
  if (ms === undefined) throw new InvalidArgumentError(`It takes ${durationRule}.`);
  return ms;
}
