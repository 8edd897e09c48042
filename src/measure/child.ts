// The clients of a lab in a process of their own: in that of the operation that they suffer from they would wake late whenever
// it is busy, and the report would call that a part of the outage. Does what the process that started it asks by messages, and
// ends when that one lets it go or dies.
import { type BirpcReturn, createBirpc } from 'birpc';
import type { LoadListener } from './fork-load.js';
import { createLoadService, type LoadService } from './load-service.js';

const { service, close } = createLoadService((progress) => {
  // It was let go meanwhile.
  owner.onProgress.asEvent(progress).catch(() => undefined);
});
const owner: BirpcReturn<LoadListener, LoadService> = createBirpc<LoadListener, LoadService>(service, {
  // Nobody hears the answers that are left when it is let go.
  post: (message) => process.connected && process.send?.(message, undefined, undefined, () => undefined),
  on: (listen) => process.on('message', listen),
  timeout: -1,
});

process.once('disconnect', () => {
  close().then(
    () => process.exit(),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`, () => process.exit(1));
    },
  );
});
