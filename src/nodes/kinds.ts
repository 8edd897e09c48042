import { apiKind } from './api/kind.js';
import { haproxyKind } from './haproxy/kind.js';
import type { KindName, NodeKind } from './node-kind.js';
import { pgbouncerKind } from './pgbouncer/kind.js';
import { postgresKind } from './postgres/kind.js';
import { redisKind } from './redis/kind.js';

/** Every kind of node there is. */
export const kinds: Readonly<Record<KindName, NodeKind>> = {
  postgres: postgresKind,
  haproxy: haproxyKind,
  redis: redisKind,
  pgbouncer: pgbouncerKind,
  api: apiKind,
};
