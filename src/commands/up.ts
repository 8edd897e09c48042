import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { syncModes } from '../nodes/postgres/sync.js';
import { smallestDiskBytes } from '../stack/disk-limit.js';
import { maxReplicas } from '../stack/replicas.js';
import { changeStack } from './operation-of.js';
import { portChoice, portOffsetOption, portsOption } from './port-options.js';
import { command, examples, type Register } from './program.js';
import { parseSizeBytes } from './size.js';

const instanceCount = (text: string): number => {
  if (!/^\d$/.test(text)) throw new InvalidArgumentError('It takes a number from 0 to 9.');
  return Number(text);
};

const replicaCount = (text: string): number => {
  if (!/^[1-9]$/.test(text) || Number(text) > maxReplicas)
    throw new InvalidArgumentError(`It takes a number from 1 to ${maxReplicas}.`);
  return Number(text);
};

const diskLimit = (text: string): number => {
  const bytes = parseSizeBytes(text);
  if (bytes < smallestDiskBytes)
    throw new InvalidArgumentError(`It takes ${smallestDiskBytes / 1024 ** 2}MB or more.`);
  return bytes;
};

export const registerUp: Register = (program, run) => {
  program.addCommand(
    command('up', 'start a stack and verify a replicated write')
      .option('--topology <name|file>', 'a topology that ships with halab, or a YAML file', 'classic')
      .addOption(portOffsetOption())
      .addOption(portsOption())
      .option(
        '--api <number>',
        'so many instances of the products API behind HAProxy, on one port; 0 removes them',
        instanceCount,
      )
      .option(
        '--replicas <number>',
        `so many replicas, 1 to ${maxReplicas}; a stack that runs gets more`,
        replicaCount,
      )
      .addOption(
        new Option('--sync <mode>', 'writes wait for replicas: until they have flushed, or replayed').choices(
          syncModes,
        ),
      )
      .option(
        '--disk-limit <size>',
        'volumes of PostgreSQL of this size, in memory: for halab fault fill',
        diskLimit,
      )
      .option('--pooler', 'PgBouncer before the proxy, on port 6432; a stack that runs gets it')
      .option('--no-pooler', 'without it; a stack that runs loses it')
      .addHelpText(
        'after',
        examples(
          ['halab up', 'PostgreSQL on 5432 and 5433, HAProxy on 5439 and 5440, Redis on 6379'],
          ['halab up --stack second --port-offset 100', 'a second stack beside it, from 5532 on'],
          ['halab up --replicas 3', 'db-replica, db-replica-2 and db-replica-3, on 5433 to 5435'],
          ['halab up --replicas 3 --sync on', 'acknowledged means: on the primary and two replicas'],
          ['halab up --api 2', 'the products API on 3000, two instances; on a stack that runs, too'],
          ['halab up --stack test --ports auto --json', 'any free ports; see halab env --stack test'],
        ),
      )
      .action((options) =>
        run(options, async (session) => {
          const { up } = await import('../stack/up.js');
          const result = await changeStack(session, 'up', (operation) =>
            up(operation, {
              name: session.stackName,
              topology: options.topology,
              ports: portChoice(options),
              api: options.api,
              replicas: options.replicas,
              pooler: options.pooler,
              diskLimitBytes: options.diskLimit,
              sync: options.sync,
            }),
          );
          const { renderUp } = await import('../ui/render-stack.js');
          return { data: result, text: (style) => renderUp(result, style) };
        }),
      ),
  );
};
