import { InvalidArgumentError } from '@commander-js/extra-typings';
import { HalabError } from '../errors/halab-error.js';
import { typed } from '../errors/typed.js';
import { command, examples, type Register } from './program.js';

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
      .option('--no-cache', 'without Redis: every read goes to a database')
      .addHelpText(
        'after',
        examples(
          ['halab serve', 'then: curl http://127.0.0.1:3000/products/1'],
          ['halab serve --no-cache --port 3001', 'the same without the cache, to compare'],
        ),
      )
      .action((options) =>
        run(options, async (session) => {
          const { emit, signal, stackName } = session;
          const [engine, { getStack, nodesOfKind }, { findEndpoints }, { startApi }] = await Promise.all([
            session.engine(),
            import('../stack/stack.js'),
            import('../stack/endpoints.js'),
            import('../api/serve.js'),
          ]);
          const stack = await getStack(engine, stackName);
          const instances = nodesOfKind(stack, 'api').map(({ name }) => name);
          if (options.port === undefined && instances.length > 0) {
            throw new HalabError(
              'PORT_TAKEN',
              `Port ${stack.apiPort} is that of the API’s instances: ${instances.join(', ')}.`,
              {
                hint: `Use them, or another port: ${typed(stackName, 'serve --port 0')}. ${typed(stackName, 'up --api 0')} removes them.`,
              },
            );
          }
          const { writeUrl, readUrl, redisUrl } = await findEndpoints(engine, stack);
          const port = options.port ?? stack.apiPort;
          const api = await startApi({
            writeUrl,
            readUrl,
            redisUrl,
            port,
            cache: options.cache,
            onDependencyChange: ({ dependency, state, lastError }) => {
              emit({
                type: 'note',
                severity: state === 'up' ? 'info' : 'warning',
                message: `${dependency} is ${state}${lastError === null ? '' : `: ${lastError}`}`,
              });
            },
          }).catch((error: unknown) => {
            if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
            throw new HalabError('PORT_TAKEN', `Port ${port} is in use.`, {
              hint: `Choose another: ${typed(stackName, 'serve --port 0')}.`,
              cause: error,
            });
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
          return {};
        }),
      ),
  );
};
