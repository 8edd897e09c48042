import { ConfigurationError, readConfiguration } from './configuration.js';
import { startApi } from './serve.js';

/** As everywhere in halab: wrong usage. */
const usageExitCode = 2;

/** The first of the signals that ask a program to end; a second one ends it at once. */
const stopSignal = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });

/**
 * The products API as a program of its own, configured by its environment. Logs to stdout, one JSON object a line.
 * Exit code 0 after SIGTERM or SIGINT, within 5 s; 2 for a setting that cannot be used, 1 when it cannot listen.
 */
async function main(): Promise<void> {
  const stopped = stopSignal();
  const api = await startApi({ ...readConfiguration(process.env), docs: false, log: process.stdout });
  const signal = await stopped;
  api.log.info(`${signal}: ends what is in flight`);
  await api.close();
  api.log.info('stopped');
}

main().catch((error: unknown) => {
  const isListening = error instanceof Error && 'syscall' in error && error.syscall === 'listen';
  if (!(error instanceof ConfigurationError || isListening)) throw error;
  process.stderr.write(`halab-api: ${error.message}\n`);
  process.exitCode = error instanceof ConfigurationError ? usageExitCode : 1;
});
