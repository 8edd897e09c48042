import { execa } from 'execa';

/** What the API asks for one product (src/api/products-store.ts). */
const statement =
  'SELECT id, sku, name, description, price, stock, version, created_at, updated_at FROM products WHERE id = :id;';

/**
 * Reads the first `products` products at random with pgbench, each by the same prepared statement, through the same
 * published port as the API. @returns statements per second
 */
export async function pgbench(
  image: string,
  databaseUrl: string,
  { connections, seconds, products }: { connections: number; seconds: number; products: number },
): Promise<number> {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const inContainer = ['run', '--rm', '--interactive', '--network', 'host', '--env', 'PGPASSWORD'];
  const options = ['--no-vacuum', '--protocol', 'prepared', '--file', '-'];
  const size = ['--client', connections, '--jobs', 1, '--time', seconds].map(String);
  const where = ['--host', hostname, '--port', port, '--username', username, pathname.slice(1)];
  const { stdout } = await execa(
    'docker',
    [...inContainer, '--entrypoint', 'pgbench', image, ...options, ...size, ...where],
    { input: `\\set id random(1, ${products})\n${statement}\n`, env: { PGPASSWORD: password } },
  );
  const [, perSecond] = /^tps = ([\d.]+)/m.exec(stdout) ?? [];
  if (perSecond === undefined) throw new Error(`pgbench told no rate:\n${stdout}`);
  return Number(perSecond);
}
