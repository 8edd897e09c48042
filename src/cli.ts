import { type Argument, Command, CommanderError } from '@commander-js/extra-typings';
import { systemClock } from './clock/clock.js';
import { registerAll } from './commands/register-all.js';
import type { CommonOptions, Io, Outcome, Run, Session } from './commands/session.js';
import type { Engine } from './docker/engine.js';
import { type ExitCode, exitCodes } from './errors/exit-codes.js';
import { HalabError } from './errors/halab-error.js';
import { typed } from './errors/typed.js';
import type { Emit } from './events/events.js';
import type { Reporter } from './ui/reporter.js';
import { readVersion } from './version.js';

/** The reporter is loaded with the first event: a command that reports nothing does not pay for it. */
function lazyReporter(io: Io): { emit: Emit; stop: () => Promise<void> } {
  let loading: Promise<Reporter> | undefined;
  return {
    emit: (event) => {
      loading ??= import('./ui/choose-reporter.js').then(({ chooseReporter }) =>
        chooseReporter(io.stderr, io.env),
      );
      void loading.then(({ report }) => {
        report(event);
      });
    },
    stop: async () => {
      // What was emitted while it loaded is shown first: those callbacks are older than this one.
      (await loading)?.stop();
    },
  };
}

async function printError(io: Io, json: boolean, error: unknown): Promise<ExitCode> {
  if (!(error instanceof HalabError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (json)
      io.stdout.write(
        `${JSON.stringify({ error: { code: 'UNEXPECTED', message: String(error) } }, null, 2)}\n`,
      );
    io.stderr.write(
      `halab met an error that it does not know. This is a defect; please report it.\n${stack}\n`,
    );
    return exitCodes.unexpected;
  }
  const { code, message, hint, lines } = error;
  if (json) io.stdout.write(`${JSON.stringify({ error: { code, message, hint, lines } }, null, 2)}\n`);
  const [{ renderError }, { styleFor }] = await Promise.all([
    import('./ui/render-error.js'),
    import('./ui/style.js'),
  ]);
  io.stderr.write(renderError(error, styleFor(io.stderr, io.env)));
  return error.exitCode;
}

/** A signal that Ctrl-C and SIGTERM abort while it listens. A second Ctrl-C ends the process at once. */
function interruptible(stackName: string): { signal: AbortSignal; listen: () => void; release: () => void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.incomplete);
    controller.abort(
      new HalabError('INTERRUPTED', 'Interrupted.', {
        hint: `Run it again: it goes on from what is there. ${typed(stackName, 'down')} removes the stack.`,
      }),
    );
  };
  return {
    signal: controller.signal,
    listen: () => {
      process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    },
    release: () => {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    },
  };
}

async function printOutcome({ io, json, style }: Session, { data, text }: Outcome): Promise<void> {
  if (json && data !== undefined) io.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
  else if (text !== undefined) io.stdout.write(text(await style()));
}

const argumentTerm = (argument: Argument): string => {
  const term = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${term}>` : `[${term}]`;
};

const wordsAfterDashes = (words: readonly string[]): string[] => {
  const at = words.indexOf('--');
  return at === -1 ? [] : words.slice(at + 1);
};

/** Alone, halab opens its console in a terminal, and prints its help elsewhere. */
const wordsOrDefault = (words: readonly string[], { stdin, stdout }: Io): readonly string[] =>
  words.length > 0 ? words : [stdin.isTTY && stdout.isTTY ? 'console' : '--help'];

/**
 * The program: parses the words of the command line (without node and script), runs the command and prints.
 *
 * @returns the exit code: one of exitCodes, or that of a program run by `exec`, `psql` or `redis-cli`; it never
 *   throws and never ends the process
 */
export async function main(words: readonly string[], io: Io): Promise<number> {
  let exitCode: number = exitCodes.done;
  const run: Run = async (options: CommonOptions, handler) => {
    const reporter = lazyReporter(io);
    const { signal, listen, release } = interruptible(options.stack);
    listen();
    let engine: Promise<Engine> | undefined;
    const json = options.json === true;
    const session: Session = {
      io,
      clock: systemClock,
      emit: reporter.emit,
      signal,
      stackName: options.stack,
      json,
      passedOn: wordsAfterDashes(words),
      engine: () =>
        (engine ??= import('./docker/connect-engine.js').then(({ connectEngine }) => connectEngine(io.env))),
      runCommand: async (others) => {
        release();
        try {
          return await main(others, io);
        } finally {
          listen();
        }
      },
      releaseTerminal: reporter.stop,
      style: async () => (await import('./ui/style.js')).styleFor(io.stdout, io.env),
    };
    try {
      const outcome = await handler(session);
      await reporter.stop();
      await printOutcome(session, outcome);
      exitCode = outcome.exitCode ?? exitCodes.done;
    } catch (error) {
      await reporter.stop();
      exitCode = await printError(io, json, error);
    } finally {
      release();
    }
  };

  const program = new Command('halab')
    .description(
      'An HA lab console for PostgreSQL: run a real stack, break it, repair it, and prove what happened.',
    )
    .version(readVersion(), '-V, --version')
    .enablePositionalOptions()
    .showSuggestionAfterError(true);
  registerAll(program, run);
  const configure = (command: { commands: readonly unknown[] } & Command, path: string): void => {
    command
      .exitOverride()
      .configureOutput({
        writeOut: (text) => io.stdout.write(text),
        writeErr: (text) => io.stderr.write(text),
      })
      .showHelpAfterError(`→ ${path} --help`)
      .configureHelp({
        helpWidth: io.stdout.isTTY ? io.stdout.columns : 100,
        // Every command has options; saying so in each line of the list would only make it longer.
        subcommandTerm: (sub) => [sub.name(), ...sub.registeredArguments.map(argumentTerm)].join(' '),
      });
    for (const sub of command.commands as readonly Command[]) configure(sub, `${path} ${sub.name()}`);
  };
  configure(program, program.name());
  try {
    await program.parseAsync(wordsOrDefault(words, io), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) return await printError(io, false, error);
    // Commander has printed the help or the mistake already.
    if (error.exitCode === 0) return exitCodes.done;
    const own = words.slice(0, words.length - wordsAfterDashes(words).length);
    if (own.includes('--json')) {
      const message = error.message.replace(/^error: /, '');
      io.stdout.write(`${JSON.stringify({ error: { code: 'USAGE', message } }, null, 2)}\n`);
    }
    return exitCodes.usage;
  }
  return exitCode;
}
