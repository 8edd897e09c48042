import { randomBytes } from 'node:crypto';
import { HalabError } from '../errors/halab-error.js';
import type { HalabEvent } from '../events/events.js';
import { type SyncMode, syncModes } from '../nodes/postgres/sync.js';
import { smallestDiskBytes } from '../stack/disk-limit.js';
import { stackNamePattern, stackNameRule } from '../stack/labels.js';
import type { PortChoice } from '../stack/ports.js';
import { maxReplicas } from '../stack/replicas.js';
import type { UpOptions } from '../stack/up.js';

/** What `startStack` takes. Every option may be left out. */
export interface StartStackOptions {
  /** Default: `halab-` and six random characters, so that test suites can run side by side. */
  name?: string | undefined;
  /** `auto`: any free ports. `{ offset: 100 }`: those of the topology, each moved by 100. Default `auto`. */
  ports?: PortChoice | undefined;
  /** A topology that ships with halab, or the path of a YAML file. Default `classic`. */
  topology?: string | undefined;
  /** Replicas, 1 to 8. Default: as the topology says, which is one. */
  replicas?: number | undefined;
  /** When a commit is acknowledged: `on` once a majority of the servers has flushed it. Default `off`. */
  sync?: SyncMode | undefined;
  /** PgBouncer before the proxy. Default: as the topology says, which is none. */
  pooler?: boolean | undefined;
  /** Instances of the products API in containers, 0 to 9. Default: as the topology says, which is none. */
  api?: number | undefined;
  /** Size of the volumes of PostgreSQL, which are in memory then; the fault `fill` needs it. */
  diskLimitBytes?: number | undefined;
  /** Use the stack of that name when there is one: it gets what it lacks, and disposal leaves it. Default false. */
  reuse?: boolean | undefined;
  /** Disposal leaves the stack as it is, and so does a start that fails: to look at it. Default false. */
  keep?: boolean | undefined;
  /**
   * SIGINT and SIGTERM remove the stack before they end the process. A process with listeners of its own for the signal
   * is not ended: they decide. Default true.
   */
  removeOnSignal?: boolean | undefined;
  /** Stops the start, and whatever runs on the stack later, at its next step. Disposal works all the same. */
  signal?: AbortSignal | undefined;
  /** Called with what operations tell while they work. */
  onEvent?: ((event: HalabEvent) => void) | undefined;
}

/** A start with its defaults. */
interface StartPlan {
  up: UpOptions;
  reuse: boolean;
  keep: boolean;
  removeOnSignal: boolean;
}

const refuse = (option: string, takes: string): never => {
  throw new HalabError('USAGE', `${option} takes ${takes}.`, {
    hint: 'The options of startStack are in docs/library.md.',
  });
};

function checkNumber(
  option: string,
  value: number | undefined,
  [least, most]: readonly [number, number],
): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  refuse(option, `a whole number from ${least} to ${most}, not ${value}`);
}

/**
 * Checks options, as the command line does with those of `halab up`, and fills in the defaults.
 *
 * @throws USAGE
 */
export function planStart(options: StartStackOptions): StartPlan {
  const { ports = 'auto', replicas, api, sync, diskLimitBytes } = options;
  const name = options.name ?? `halab-${randomBytes(3).toString('hex')}`;
  if (!stackNamePattern.test(name)) {
    throw new HalabError('USAGE', `"${name}" is no name for a stack.`, { hint: stackNameRule });
  }
  if (ports !== 'auto') checkNumber('ports.offset', ports.offset, [-65_535, 65_535]);
  checkNumber('replicas', replicas, [1, maxReplicas]);
  checkNumber('api', api, [0, 9]);
  checkNumber('diskLimitBytes', diskLimitBytes, [smallestDiskBytes, Number.MAX_SAFE_INTEGER]);
  if (sync !== undefined && !syncModes.includes(sync)) refuse('sync', syncModes.join(', '));
  return {
    up: {
      name,
      topology: options.topology ?? 'classic',
      ports,
      api,
      replicas,
      pooler: options.pooler,
      sync,
      diskLimitBytes,
    },
    reuse: options.reuse ?? false,
    keep: options.keep ?? false,
    removeOnSignal: options.removeOnSignal ?? true,
  };
}
