import type { Snapshot, Status } from './snapshot.js';

/** A snapshot without what only `lag` and `cache` show. */
export const statusOf = ({
  stack,
  topology,
  healthy,
  nodes,
  proxy,
  pooler,
  cache,
  api,
  findings,
}: Snapshot): Status => ({ stack, topology, healthy, nodes, proxy, pooler, cache, api, findings });
