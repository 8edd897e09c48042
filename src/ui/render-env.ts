import type { StackEndpoints } from '../stack/endpoints.js';

const quote = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;

/** Lines for `eval "$(halab env)"`. Never coloured. */
export function renderEnv({ writeUrl, readUrl, poolerUrl, redisUrl, apiUrl, nodes }: StackEndpoints): string {
  const variables: [string, string][] = [
    ['HALAB_WRITE_URL', writeUrl],
    ['HALAB_READ_URL', readUrl],
    ...(poolerUrl === null ? [] : [['HALAB_POOLER_URL', poolerUrl] as [string, string]]),
    ['HALAB_REDIS_URL', redisUrl],
    ['HALAB_API_URL', apiUrl],
    ...Object.entries(nodes).map(([name, url]): [string, string] => [
      `HALAB_NODE_${name.toUpperCase().replaceAll('-', '_')}_URL`,
      url,
    ]),
  ];
  return variables.map(([name, value]) => `export ${name}=${quote(value)}\n`).join('');
}
