import type { Style } from './style.js';

/** The commands to type next, a line each. */
export const renderNext = (commands: readonly string[], { paint }: Style): string[] =>
  commands.map((command) => `${paint.cyan('→')} ${command}`);
