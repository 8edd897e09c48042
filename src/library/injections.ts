import { HalabError } from '../errors/halab-error.js';
import type { Injection } from '../faults/inject.js';
import type { FaultOptions } from './stack-handle.js';

const injections: { [Name in keyof FaultOptions]: (options: FaultOptions[Name]) => Injection } = {
  kill: () => ({ fault: 'kill' }),
  stop: () => ({ fault: 'stop' }),
  pause: () => ({ fault: 'pause' }),
  crash: () => ({ fault: 'crash' }),
  fill: () => ({ fault: 'fill' }),
  wipe: () => ({ fault: 'wipe' }),
  partition: ({ from = [], way = 'both' }) => ({ fault: 'partition', from, way }),
  slow: ({ delayMs }) => ({ fault: 'slow', delayMs }),
  lag: ({ delayMs }) => ({ fault: 'lag', delayMs }),
};

/** A fault with its defaults. @throws USAGE for one that there is not */
export function injectionOf<Name extends keyof FaultOptions>(
  fault: Name,
  options: FaultOptions[Name],
): Injection {
  if (!Object.hasOwn(injections, fault)) {
    throw new HalabError('USAGE', `There is no fault named ${fault}.`, {
      hint: `The faults are: ${Object.keys(injections).join(', ')}.`,
    });
  }
  return injections[fault](options);
}
