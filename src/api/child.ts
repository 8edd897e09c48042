// The products API in a process of its own: in that of the clients, or of the operation that they suffer from, the two would
// hold each other up and be measured together. Takes its options from the process that started it, tells it its URL, and
// ends when that one lets it go or dies.
import type { ForkedApiOptions } from './fork-api.js';
import { startApi } from './serve.js';

async function main(): Promise<void> {
  const disconnected = new Promise<undefined>((resolve) => {
    process.once('disconnect', () => {
      resolve(undefined);
    });
  });
  const told = new Promise<ForkedApiOptions>((resolve) => process.once('message', resolve));
  const options = await Promise.race([told, disconnected]);
  if (options === undefined) return;
  const api = await startApi({ ...options, port: 0, docs: false });
  process.send?.(api.url);
  await disconnected;
  await api.close();
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`, () =>
      process.exit(1),
    );
  },
);
