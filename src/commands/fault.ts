import { Command, Option } from '@commander-js/extra-typings';
import type { Injection } from '../faults/inject.js';
import { parseDurationMs } from './duration.js';
import { operationOf } from './operation-of.js';
import { command, examples, type Register } from './program.js';
import type { CommonOptions, Run } from './session.js';

const forOption = () =>
  new Option('--for <duration>', 'heal it after this time, for example 10s; Ctrl-C heals it too').argParser(
    parseDurationMs,
  );

async function runFault(
  run: Run,
  options: CommonOptions & { for?: number | undefined },
  node: string,
  injection: Injection,
): Promise<void> {
  await run(options, async (session) => {
    const [{ inject }, { renderFault }] = await Promise.all([
      import('../faults/inject.js'),
      import('../ui/render-faults.js'),
    ]);
    // Without the stack's lock: a fault in the middle of a failover is what faults are for.
    const data = await inject(await operationOf(session), session.stackName, node, injection, options.for);
    return { data, text: (style) => renderFault(data, style) };
  });
}

const plainFaults = [
  { fault: 'kill', about: 'SIGKILL to every process of a node, as a power cut would' },
  { fault: 'stop', about: 'the gentle end: PostgreSQL gets a fast shutdown; as halab stop, with --for' },
  { fault: 'pause', about: 'a hung node: it holds its connections and answers nobody' },
  { fault: 'crash', about: 'SIGKILL to the postmaster alone' },
  { fault: 'fill', about: 'the disk of a PostgreSQL node is full; needs halab up --disk-limit' },
  { fault: 'wipe', about: 'a PostgreSQL node loses its data directory' },
] as const;

export const registerFault: Register = (program, run) => {
  const fault = new Command('fault').description('what the world does to a node; halab heal ends it');
  for (const { fault: name, about } of plainFaults) {
    fault.addCommand(
      command(name, about)
        .argument('<node>', 'name of the node')
        .addOption(forOption())
        .addHelpText(
          'after',
          examples(
            [`halab fault ${name} db-primary`, 'until it is healed'],
            [`halab fault ${name} db-primary --for 10s`, 'healed by itself'],
          ),
        )
        .action((node, options) => runFault(run, options, node, { fault: name })),
    );
  }
  fault.addCommand(
    command('lag', 'a replica replays late, or not at all')
      .argument('<node>', 'name of the replica')
      .option(
        '--delay <duration>',
        'replay each commit this much later; without it nothing is replayed',
        parseDurationMs,
      )
      .addOption(forOption())
      .addHelpText(
        'after',
        examples(
          ['halab fault lag db-replica', 'replay is paused until it is healed'],
          ['halab fault lag db-replica --delay 5s', 'stale reads: recovery_min_apply_delay'],
        ),
      )
      .action((node, options) => runFault(run, options, node, { fault: 'lag', delayMs: options.delay })),
  );
  fault.addCommand(
    command('partition', 'cut a node off from others: packets are dropped')
      .argument('<node>', 'name of the node')
      .option('--from <nodes...>', 'only from these; without it from everybody, the host too')
      .addOption(
        new Option('--way <way>', 'which packets are dropped')
          .choices(['both', 'in', 'out'] as const)
          .default('both' as const),
      )
      .addOption(forOption())
      .addHelpText(
        'after',
        examples(
          ['halab fault partition db-primary', 'it lives, and nobody reaches it'],
          ['halab fault partition db-replica --from db-primary', 'replication stops; reads go on'],
          ['halab fault partition haproxy --from db-primary --way in', 'it asks, and hears no answer'],
        ),
      )
      .action((node, options) =>
        runFault(run, options, node, { fault: 'partition', from: options.from ?? [], way: options.way }),
      ),
  );
  fault.addCommand(
    command('slow', 'a node that answers late: every packet that it sends is delayed')
      .argument('<node>', 'name of the node')
      .addOption(
        new Option('--delay <duration>', 'how much later').argParser(parseDurationMs).default(100, '100ms'),
      )
      .addOption(forOption())
      .addHelpText(
        'after',
        examples(
          ['halab fault slow db-replica --delay 50ms', 'a far-away replica; needs netem in the kernel'],
          ['halab fault slow haproxy --for 30s', 'healed by itself'],
        ),
      )
      .action((node, options) => runFault(run, options, node, { fault: 'slow', delayMs: options.delay })),
  );
  program.addCommand(fault);
};
