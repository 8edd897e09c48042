import type { Labels } from './engine.js';

/** Labels as the engine's list calls take them. */
export const labelFilter = (labels: Labels): string =>
  JSON.stringify({
    label: Object.entries(labels).map(([name, value]) => (value === '' ? name : `${name}=${value}`)),
  });
