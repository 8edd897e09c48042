// A writer in a process of its own: takes its URL and its name from the process that started it, tells it when the clients
// write steadily, and the outage when it is told to stop.
import { once } from 'node:events';
import { startWriter } from './writer.js';

const steadyWrites = 50;

const [{ url, runName }] = (await once(process, 'message')) as [{ url: string; runName: string }];
const writer = startWriter(url, runName);
await writer.waitForWrites(steadyWrites, 20_000);
const stop = once(process, 'message');
process.send?.('steady');
await stop;
const { outageMs } = await writer.stop();
process.send?.(outageMs, () => process.exit());
