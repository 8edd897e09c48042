/** What a script can rely on (docs/errors.md). */
export const exitCodes = {
  done: 0,
  /** A defect in halab, or something nobody foresaw. */
  unexpected: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The stack is not healthy, or an assertion of a lab failed. */
  unhealthy: 3,
  /** A precondition does not hold; nothing was changed. */
  refused: 4,
  /** Stopped half-way; the message says how to go on. */
  incomplete: 5,
  /** The engine, an image or a port. */
  engine: 6,
  /** The evidence does not decide. */
  inconclusive: 7,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
