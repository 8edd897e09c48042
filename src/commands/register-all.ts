import type { Command } from '@commander-js/extra-typings';
import { registerDown } from './down.js';
import { registerFailover } from './failover.js';
import { registerImages } from './images.js';
import { registerPromote } from './promote.js';
import { registerProxy } from './proxy.js';
import type { Run } from './session.js';
import { registerStatus } from './status.js';
import { registerUp } from './up.js';

/** Every command, in the order of the help. */
export function registerAll(program: Command, run: Run): void {
  for (const register of [
    registerUp,
    registerDown,
    registerStatus,
    registerFailover,
    registerPromote,
    registerProxy,
    registerImages,
  ])
    register(program, run);
}
