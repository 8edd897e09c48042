import { readPort } from '../haproxy/kind.js';
import type { NodeKind } from '../node-kind.js';
import { postgresUrl } from '../postgres/url.js';
import { redisUrl } from '../redis/url.js';

/** Ports inside the stack's network. */
const postgresPort = 5432;
const redisPort = 6379;

/** An instance of the products API. It publishes no port of its own: HAProxy balances over all of them. */
export const apiKind: NodeKind = {
  name: 'api',
  image: {
    dockerfile: 'images/api/Dockerfile',
    copies: ['images/api'],
    program: 'api.cjs',
    onDemand: true,
  },
  port: 3000,
  // It ends what is in flight within 5 s.
  stopGraceS: 10,
  files: ({ credentials, names, writesTo }) => {
    const [proxy = writesTo] = names.haproxy;
    const [cache] = names.redis;
    const database = (host: string, port: number): string =>
      postgresUrl({ host, port, user: 'app', password: credentials.app });
    const settings = {
      WRITE_URL: database(proxy, postgresPort),
      READ_URL: database(proxy, readPort),
      REDIS_URL:
        cache === undefined
          ? ''
          : redisUrl({ host: cache, port: redisPort, user: 'app', password: credentials.redis }),
      HOST: '0.0.0.0',
      PORT: '3000',
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    return [{ path: '/etc/halab/api.env', text: lines.join(''), mode: 0o600, uid: 999, gid: 999 }];
  },
};
