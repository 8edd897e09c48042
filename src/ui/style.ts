import { Chalk, type ChalkInstance } from 'chalk';

/** How text is drawn: colours (or none) and the width there is. */
export interface Style {
  paint: ChalkInstance;
  columns: number;
}

interface Output {
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

/** Colours in a terminal, none in a pipe; NO_COLOR and FORCE_COLOR decide otherwise (no-color.org). */
export function styleFor(output: Output, env: NodeJS.ProcessEnv): Style {
  const off = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '' && env['FORCE_COLOR'] !== '0';
  const dumb = env['TERM'] === 'dumb';
  const level = off ? 0 : forced || (output.isTTY === true && !dumb) ? 1 : 0;
  // 0 in a terminal that was given no size.
  return { paint: new Chalk({ level }), columns: output.columns === 0 ? 100 : (output.columns ?? 100) };
}
