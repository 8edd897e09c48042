import type { Style } from './style.js';

const routes = [
  ['GET', '/products?limit=20', 'a page, from the replica'],
  ['GET', '/products/1', 'one product: cache, then replica, then primary'],
  ['POST', '/products', 'through HAProxy to the primary'],
  ['PUT', '/products/1', 'the same; PATCH and DELETE too'],
  ['GET', '/readyz', 'the state of primary, replica and Redis'],
] as const;

export function renderServe(url: string, { paint }: Style): string {
  return [
    `${paint.green('✔')} The products API listens on ${paint.bold(url)}. Ctrl-C stops it.`,
    ...routes.map(([method, path, what]) => `  ${method.padEnd(5)} ${path.padEnd(20)} ${paint.dim(what)}`),
    '',
  ].join('\n');
}
