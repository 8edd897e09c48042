import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { parseDurationMs } from './duration.js';
import { command, examples, type Register } from './program.js';
import { openRequestLog } from './request-log.js';
import { cacheModes, cacheOptions, readConsistencies } from './serve-cache.js';

const portNumber = (text: string): number => {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65535)
    throw new InvalidArgumentError('It takes a port, or 0 for any free one.');
  return port;
};

export const registerServe: Register = (program, run) => {
  program.addCommand(
    command('serve', 'the products API in this process, until Ctrl-C')
      .option('--port <number>', 'where it listens on 127.0.0.1 (default: the stack’s API port)', portNumber)
      .addOption(
        new Option('--cache <mode>', 'how a missing value is loaded')
          .choices(cacheModes)
          .default('lease' as const),
      )
      .option('--no-cache', 'without Redis: every read goes to a database')
      .option('--no-fence', 'with --cache lease: a lagging replica may put an old value back into the cache')
      .option('--early-refresh', 'with --cache lease: load a value anew by chance shortly before it expires')
      .option(
        '--stale-while-revalidate <duration>',
        'with --cache lease: serve an expired value so long while it is loaded anew',
        parseDurationMs,
      )
      .option(
        '--stale-if-error <duration>',
        'with --cache lease: serve an expired value so long when no database answers',
        parseDurationMs,
      )
      .addOption(
        new Option('--reads <consistency>', 'what a read sees of its client’s own writes')
          .choices(readConsistencies)
          .default('eventual' as const),
      )
      .option(
        '--write-wait <duration>',
        'how long a write waits for a new primary while there is none (default: it is answered at once)',
        parseDurationMs,
      )
      .option('--log <file>', 'append a line of JSON for each request to this file; - for standard error')
      .addHelpText(
        'after',
        examples(
          ['halab serve', 'then: curl http://127.0.0.1:3000/products/1'],
          ['halab serve --no-cache --port 3001', 'the same without the cache, to compare'],
          ['halab serve --cache naive', 'the textbook cache-aside, with its stale values and its stampede'],
          [
            'halab serve --reads read-your-writes',
            'a client sees its own writes, however far the replica lags',
          ],
          ['halab serve --write-wait 10s', 'writes wait for the new primary during a failover'],
          ['halab serve --stale-if-error 5m', 'expired values are served while no database answers'],
          ['halab serve --log requests.ndjson', 'then: jq .durationMs requests.ndjson'],
        ),
      )
      .action((options) =>
        run(options, async (session) => {
          const cache = cacheOptions(options);
          const { emit, signal, stackName } = session;
          const [engine, { planServing, serveApi }] = await Promise.all([
            session.engine(),
            import('../serve/serve-api.js'),
          ]);
          const plan = await planServing(engine, stackName, options.port);
          const log =
            options.log === undefined
              ? undefined
              : await openRequestLog(options.log, session.io.stderr, ({ message }) => {
                  emit({ type: 'note', severity: 'warning', message: `The log ends here: ${message}` });
                });
          const api = await serveApi(emit, stackName, {
            ...plan,
            cache,
            reads: options.reads,
            writeWaitMs: options.writeWait ?? 0,
            ...(log === undefined ? {} : { log }),
          });
          const { renderServe } = await import('../ui/render-serve.js');
          // Printed at once, and not as the outcome: the API runs until it is stopped.
          session.io.stdout.write(
            session.json
              ? `${JSON.stringify({ apiUrl: api.url }, null, 2)}\n`
              : renderServe(api.url, await session.style()),
          );
          await new Promise<void>((resolve) => {
            if (signal.aborted) resolve();
            signal.addEventListener(
              'abort',
              () => {
                resolve();
              },
              { once: true },
            );
          });
          await api.close();
          await log?.close();
          return {};
        }),
      ),
  );
};
