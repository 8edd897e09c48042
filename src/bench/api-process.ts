// The products API in a process of its own, for a benchmark: in the generator's it would be measured together with it.
// Configured by its environment as src/api/main.ts is, without its log. Tells its URL to the process that started it,
// and ends when that one lets it go or dies.
import { readConfiguration } from '../api/configuration.js';
import { startApi } from '../api/serve.js';

const disconnected = new Promise((resolve) => process.once('disconnect', resolve));
// Ctrl-C reaches every process of the terminal. This one ends when the benchmark has done with it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);

const api = await startApi({ ...readConfiguration(process.env), docs: false });
process.send?.(api.url);
await disconnected;
await api.close();
process.exit();
