import { randomBytes } from 'node:crypto';

/** The passwords of one stack, each for one role: PostgreSQL's four and the Redis user `app`. */
export interface Credentials {
  /** Superuser. */
  postgres: string;
  /** Streaming replication, nothing else. */
  replicator: string;
  /** The application: reads and writes the tables of `shop`. */
  app: string;
  /** Reads statistics; what halab observes with. */
  monitor: string;
  redis: string;
}

/** 192 random bits in characters that need no escaping in a URL or a passfile. */
const newPassword = (): string => randomBytes(24).toString('base64url');

export const newCredentials = (): Credentials => ({
  postgres: newPassword(),
  replicator: newPassword(),
  app: newPassword(),
  monitor: newPassword(),
  redis: newPassword(),
});
