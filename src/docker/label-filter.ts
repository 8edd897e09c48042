import type { Labels } from './engine.js';

/** Labels, and what else is asked for, as the engine's list calls and its events take them. */
export const labelFilter = (
  labels: Labels,
  others: Readonly<Record<string, readonly string[]>> = {},
): string =>
  JSON.stringify({
    ...others,
    label: Object.entries(labels).map(([name, value]) => (value === '' ? name : `${name}=${value}`)),
  });
