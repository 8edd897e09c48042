import type { Command } from '@commander-js/extra-typings';
import { registerBench } from './bench.js';
import { registerCache } from './cache.js';
import { registerCompare } from './compare.js';
import { registerConsole } from './console.js';
import { registerDoctor } from './doctor.js';
import { registerDown } from './down.js';
import { registerEnv } from './env.js';
import { registerExec } from './exec.js';
import { registerFailover } from './failover.js';
import { registerFault } from './fault.js';
import { registerFaults } from './faults.js';
import { registerFence } from './fence.js';
import { registerHeal } from './heal.js';
import { registerHistory } from './history.js';
import { registerImages } from './images.js';
import { registerLab } from './lab.js';
import { registerLag } from './lag.js';
import { registerLogs } from './logs.js';
import { registerLs } from './ls.js';
import { registerMeasure } from './measure.js';
import { registerPromote } from './promote.js';
import { registerProxy } from './proxy.js';
import { registerPsql } from './psql.js';
import { registerRedisCli } from './redis-cli.js';
import { registerRejoin } from './rejoin.js';
import { registerRepair } from './repair.js';
import { registerReplica } from './replica.js';
import { registerRestart } from './restart.js';
import { registerServe } from './serve.js';
import type { Run } from './session.js';
import { registerStart } from './start.js';
import { registerStatus } from './status.js';
import { registerStop } from './stop.js';
import { registerSwitchover } from './switchover.js';
import { registerUp } from './up.js';

/** Every command, in the order of the help. */
export function registerAll(program: Command, run: Run): void {
  for (const register of [
    // The stack as a whole.
    registerUp,
    registerDown,
    registerLs,
    // What is true of it.
    registerStatus,
    registerLag,
    registerCache,
    registerEnv,
    // What is done to it.
    registerStop,
    registerStart,
    registerRestart,
    registerFault,
    registerFaults,
    registerHeal,
    registerFailover,
    registerSwitchover,
    registerPromote,
    registerProxy,
    registerFence,
    registerRejoin,
    registerRepair,
    registerReplica,
    registerHistory,
    // What runs on it.
    registerServe,
    registerLab,
    registerMeasure,
    registerCompare,
    registerBench,
    // Inside its nodes.
    registerLogs,
    registerPsql,
    registerRedisCli,
    registerExec,
    // The engine below it.
    registerDoctor,
    registerImages,
    registerConsole,
  ])
    register(program, run);
}
