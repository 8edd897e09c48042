import type { Clock } from '../clock/clock.js';
import type { Engine } from '../docker/engine.js';
import type { Emit } from '../events/events.js';
import type { Style } from '../ui/style.js';

/** The world as a command sees it; tests put their own in its place. */
export interface Io {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  env: NodeJS.ProcessEnv;
}

/** What a command's handler works with. */
export interface Session {
  io: Io;
  clock: Clock;
  emit: Emit;
  /** Aborted by Ctrl-C or SIGTERM, with an INTERRUPTED error as its reason. */
  signal: AbortSignal;
  /** The name that `--stack` gives. */
  stackName: string;
  json: boolean;
  /** The words after `--` on the command line. */
  passedOn: readonly string[];
  /** Connects to the engine at the first call. @throws ENGINE_UNREACHABLE */
  readonly engine: () => Promise<Engine>;
  /** Runs another command as if it had been typed, and returns its exit code. Ctrl-C meanwhile is for that command. */
  readonly runCommand: (words: readonly string[]) => Promise<number>;
  /** Ends progress output, for a command that takes the terminal over. */
  readonly releaseTerminal: () => Promise<void>;
  /** Colours and width of standard output. */
  readonly style: () => Promise<Style>;
}

/** What a handler returns: the CLI prints `data` with --json, else the text; nothing when both are left out. */
export interface Outcome {
  data?: object;
  readonly text?: (style: Style) => string;
  /** One of exitCodes, or that of a program that the command ran; 0 when left out. */
  exitCode?: number;
}

export interface CommonOptions {
  stack: string;
  json?: true;
}

/** Runs a handler: prints its outcome, turns what it throws into a message and an exit code. */
export type Run = (options: CommonOptions, handler: (session: Session) => Promise<Outcome>) => Promise<void>;
