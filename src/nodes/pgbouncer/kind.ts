import type { NodeKind } from '../node-kind.js';

/** The database of PgBouncer itself, where it takes its own commands. */
export const consoleDatabase = 'pgbouncer';

/** Lends the connections that it has to HAProxy, each for one transaction. */
export const pgbouncerKind: NodeKind = {
  name: 'pgbouncer',
  image: { dockerfile: 'images/pgbouncer/Dockerfile', copies: ['images/pgbouncer'], onDemand: true },
  port: 6432,
  // It waits for open transactions.
  stopGraceS: 5,
  files: ({ credentials: { app, monitor, postgres }, names, writesTo }) => {
    const file = (path: string, text: string): ReturnType<NodeKind['files']>[number] => ({
      path,
      text,
      mode: 0o600,
      uid: 999,
      gid: 999,
    });
    const [proxy = writesTo] = names.haproxy;
    const users = Object.entries({ app, monitor, postgres }).map(
      ([user, password]) => `"${user}" "${password}"\n`,
    );
    return [
      file('/etc/pgbouncer/databases.ini', `[databases]\nshop = host=${proxy} port=5432\n`),
      file('/etc/pgbouncer/userlist.txt', users.join('')),
    ];
  },
};
