import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { exitCodes } from '../errors/exit-codes.js';
import { HalabError } from '../errors/halab-error.js';
import type { LedgerFile } from '../measure/ledger-file.js';
import type { Endpoint, MeasureResult } from '../measure/measure-endpoint.js';
import { parseDurationMs } from './duration.js';
import { command, examples, type Register } from './program.js';

const urlOf =
  (...protocols: string[]) =>
  (text: string): string => {
    const url = URL.canParse(text.replaceAll('{key}', 'key'))
      ? new URL(text.replaceAll('{key}', 'key'))
      : undefined;
    if (url === undefined || !protocols.includes(url.protocol))
      throw new InvalidArgumentError(`It takes a URL that begins with ${protocols.join('// or ')}//.`);
    return text;
  };
const dsn = urlOf('postgres:', 'postgresql:');
const httpUrl = urlOf('http:');

const clientCount = (text: string): number => {
  const number = Number(text);
  if (!/^\d{1,2}$/.test(text) || number < 1)
    throw new InvalidArgumentError('It takes a number from 1 to 99.');
  return number;
};

interface Wanted {
  dsn?: string;
  readDsn?: string;
  url?: string;
  post?: string;
  body?: string;
  find?: string;
}

/** What the command line leaves out: a password there would be in the process list. @throws USAGE */
function withEnvironment(wanted: Wanted, env: NodeJS.ProcessEnv): Wanted {
  const fromEnvironment = (name: string): string | undefined => {
    const text = env[name];
    if (text === undefined || text === '') return undefined;
    try {
      return dsn(text);
    } catch (error) {
      throw new HalabError('USAGE', `${name} is no URL of a database.`, {
        hint: (error as Error).message,
      });
    }
  };
  const to = wanted.dsn ?? fromEnvironment('HALAB_DSN');
  const readDsn = wanted.readDsn ?? fromEnvironment('HALAB_READ_DSN');
  return {
    ...wanted,
    ...(to === undefined ? {} : { dsn: to }),
    ...(readDsn === undefined ? {} : { readDsn }),
  };
}

/** @throws USAGE */
function endpointOf({ dsn: to, readDsn, url, post, body, find }: Wanted): Endpoint {
  const refuse = (message: string, hint: string): never => {
    throw new HalabError('USAGE', message, { hint });
  };
  if (readDsn !== undefined && to === undefined)
    return refuse('--read-dsn needs --dsn: what is read was written there.', 'Name both.');
  if (to === undefined && url === undefined && post === undefined)
    return refuse(
      'There is nothing to measure.',
      'Name a database (--dsn), a page (--url), or a service that takes writes (--post, --body).',
    );
  if ((post === undefined) !== (body === undefined))
    return refuse(
      '--post and --body go together.',
      `For example: --post http://127.0.0.1:3000/products --body '{"sku":"{key}","name":"x","price":"1"}'.`,
    );
  if (find !== undefined && post === undefined) return refuse('--find needs --post.', 'Name both.');
  if (body !== undefined && !body.includes('{key}'))
    return refuse('--body names no {key}.', 'Each write needs a key of its own: put {key} where it belongs.');
  try {
    if (body !== undefined) JSON.parse(body);
  } catch {
    return refuse('--body is no JSON.', 'For example: --body \'{"id":"{key}"}\'.');
  }
  return {
    dsn: to,
    readDsn,
    url,
    post: post === undefined || body === undefined ? undefined : { url: post, body, find },
  };
}

/** A file for the ledger, where one is asked for. */
async function openReport(folder: string | undefined) {
  if (folder === undefined) return undefined;
  const [{ openLedgerFile }, { openRegisterFile }] = await Promise.all([
    import('../measure/ledger-file.js'),
    import('../measure/register-history.js'),
  ]);
  const path = resolve(folder);
  await mkdir(path, { recursive: true, mode: 0o700 });
  const refuse = (error: unknown): never => {
    throw new HalabError('FILE_NOT_WRITTEN', `The ledger was not written: ${(error as Error).message}.`, {
      hint: 'Name another folder with --report.',
      cause: error,
    });
  };
  try {
    const ledger: LedgerFile = openLedgerFile(join(path, 'ledger.jsonl'));
    return { path, ledger, registers: openRegisterFile(join(path, 'registers.jsonl')) };
  } catch (error) {
    return refuse(error);
  }
}

/** 3: acknowledged writes are gone. 7: they could not be looked for. */
function exitCodeOf({ ledger }: MeasureResult, { post }: Endpoint): number {
  if (ledger?.verdict === 'invalid') return exitCodes.unhealthy;
  const unasked = post !== undefined && post.find === undefined;
  return ledger?.lost === null && !unasked ? exitCodes.inconclusive : exitCodes.done;
}

export const registerMeasure: Register = (program, run) => {
  program.addCommand(
    command('measure', 'outage, lost writes and stale reads of any endpoint, for a while')
      .option(
        '--dsn <url>',
        'a PostgreSQL database that takes writes; it gets two tables, and loses them again (default: HALAB_DSN)',
        dsn,
      )
      .option('--read-dsn <url>', 'where reads go, such as a replica (default: HALAB_READ_DSN)', dsn)
      .option('--url <url>', 'a page to ask for again and again; 2xx counts as answered', httpUrl)
      .option('--post <url>', 'a service that takes writes by POST', httpUrl)
      .option('--body <json>', 'what is posted; {key} stands for a key that is new each time')
      .option(
        '--find <url>',
        'where a posted key is looked for at the end: 200 is there, 404 is not',
        httpUrl,
      )
      .addOption(
        new Option('--for <duration>', 'how long; Ctrl-C ends it earlier')
          .argParser(parseDurationMs)
          .default(10_000, '10s'),
      )
      .option('--clients <number>', 'of each sort', clientCount, 4)
      .addOption(
        new Option('--every <duration>', 'one operation of each client')
          .argParser(parseDurationMs)
          .default(10, '10ms'),
      )
      .option('--report <folder>', 'keep the ledger there')
      .addHelpText(
        'after',
        examples(
          ['PGPASSWORD=… halab measure --dsn postgres://app@db:5432/shop --for 1m', 'break it meanwhile'],
          [
            'HALAB_DSN="$HALAB_WRITE_URL" halab measure',
            'after: eval "$(halab env)"; no password in the process list',
          ],
          ['halab measure --url http://127.0.0.1:3000/products/1 --for 30s', 'only whether it answers'],
        ),
      )
      .action((options) =>
        run(options, async (session) => {
          const endpoint = endpointOf(withEnvironment(options, session.io.env));
          const [{ measureEndpoint }, { renderMeasure }, { noRegisterHistory }] = await Promise.all([
            import('../measure/measure-endpoint.js'),
            import('../ui/render-measure.js'),
            import('../measure/register-history.js'),
          ]);
          const report = await openReport(options.report);
          try {
            const result = await measureEndpoint({
              endpoint,
              forMs: options.for,
              clients: options.clients,
              intervalMs: Math.max(1, options.every),
              clock: session.clock,
              emit: session.emit,
              signal: session.signal,
              store: report?.ledger,
              registerHistory: report?.registers ?? noRegisterHistory,
            }).catch((error: unknown) => {
              throw new HalabError(
                'ENDPOINT_REFUSED',
                `The database was not prepared: ${(error as Error).message}.`,
                {
                  cause: error,
                },
              );
            });
            const { timeline, ...data } = result;
            return {
              data: { ...data, report: report?.path ?? null },
              text: (style) => renderMeasure(result, style),
              exitCode: exitCodeOf(result, endpoint),
            };
          } finally {
            report?.ledger[Symbol.dispose]();
            report?.registers[Symbol.dispose]();
          }
        }),
      ),
  );
};
