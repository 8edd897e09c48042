import type { CacheState } from '../nodes/redis/cache-state.js';
import { formatBytes, formatRatio } from './format.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';

/** The cache hit table: the API's own look-ups beside every look-up of the server. */
export function renderCache({ stack, ...cache }: CacheState & { stack: string }, style: Style): string {
  const { api, server, usedMemoryBytes, maxMemoryBytes } = cache;
  const row = (name: string, ofApi: string | number, ofServer: string | number): string[] => [
    name,
    String(ofApi),
    String(ofServer),
  ];
  return [
    `Stack ${style.paint.bold(stack)}: cache`,
    '',
    renderTable(
      ['', 'API, product:*', 'SERVER'],
      [
        row('hits', api.hits, server.hits),
        row('misses', api.misses, server.misses),
        row('hit ratio', formatRatio(api.hitRatio), formatRatio(server.hitRatio)),
        row('keys', api.keys, server.keys),
        row('expired', '', server.expired),
        row('evicted', '', server.evicted),
        row('memory', '', formatBytes(usedMemoryBytes)),
        row('memory limit', '', maxMemoryBytes === 0 ? 'none' : formatBytes(maxMemoryBytes)),
      ],
      style,
      [1, 2],
    ),
    '',
  ].join('\n');
}
