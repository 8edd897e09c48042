/** Where a server is reached and as whom; the database is `shop` unless another is named. */
export interface PostgresAddress {
  host: string;
  port: number;
  user: string;
  password: string;
  database?: string;
}

export const postgresUrl = ({ host, port, user, password, database = 'shop' }: PostgresAddress): string =>
  `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
