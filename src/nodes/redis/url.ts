export interface RedisAddress {
  host: string;
  port: number;
  user: string;
  password: string;
}

export const redisUrl = ({ host, port, user, password }: RedisAddress): string =>
  `redis://${user}:${encodeURIComponent(password)}@${host}:${port}`;
