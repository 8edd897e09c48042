/** The stack that a command means when it names none. */
export const defaultStack = 'halab';

/** A command as a user types it for this stack: what hints and findings name as the next thing to do. */
export const typed = (stack: string, words: string): string =>
  `halab ${words}${stack === defaultStack ? '' : ` --stack ${stack}`}`;
