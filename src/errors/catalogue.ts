import { type ExitCode, exitCodes } from './exit-codes.js';

interface CatalogueEntry {
  exitCode: ExitCode;
  /** What happened, for docs/errors.md. */
  meaning: string;
  /** How to solve it, for docs/errors.md; the error itself carries the exact command. */
  remedy: string;
}

const entry = (exitCode: ExitCode, meaning: string, remedy: string): CatalogueEntry => ({
  exitCode,
  meaning,
  remedy,
});

/** Every error that halab raises on purpose. docs/errors.md lists the same ones; a test compares the two. */
export const catalogue = {
  USAGE: entry(
    exitCodes.usage,
    'The command line is wrong.',
    'Read the help of the command: `halab COMMAND --help`.',
  ),
  TOPOLOGY_INVALID: entry(
    exitCodes.usage,
    'The topology file does not have the form that the schema asks for; the message names line and column.',
    'Correct the file at that place. `stack/topologies/classic.yaml` is an example.',
  ),
  LAB_INVALID: entry(
    exitCodes.usage,
    'The lab file does not have the form that the schema asks for; the message names line, column, and what may have been meant.',
    'Correct the file at that place, and read it again with `halab lab check FILE`. `halab lab new FILE` writes an example.',
  ),
  LAB_NOT_FOUND: entry(
    exitCodes.usage,
    'There is no lab of that name, or its file cannot be read.',
    'See `halab lab list` for the names there are.',
  ),
  ENDPOINT_REFUSED: entry(
    exitCodes.refused,
    'The database that should be measured does not answer, or refuses its tables; nothing was measured.',
    'See whether `psql` reaches it as the same user, and whether that user may create tables.',
  ),
  FILE_NOT_WRITTEN: entry(
    exitCodes.usage,
    'A file that the command was asked to write is there already, or cannot be written.',
    'Name another file.',
  ),
  RECORD_INVALID: entry(
    exitCodes.usage,
    'A file that should hold the record of a lab’s run cannot be read as one; the message names file and reason.',
    'Name the folder of a run’s evidence, or its `record.json`. `halab lab run LAB --report DIR` makes one.',
  ),
  NO_TERMINAL: entry(
    exitCodes.usage,
    'The command asks questions, and standard input is not a terminal.',
    'Run it in a terminal, or use the commands that `halab --help` lists.',
  ),

  ENGINE_UNREACHABLE: entry(
    exitCodes.engine,
    'No Docker Engine answered at the address that was tried.',
    'Start the engine, or point DOCKER_HOST at one. `bin/setup` installs one on Debian and Ubuntu.',
  ),
  ENGINE_FAILED: entry(
    exitCodes.engine,
    'The engine answered a request with an error that halab does not know.',
    'Read the message: it is the engine’s own. `halab doctor` checks the usual causes.',
  ),
  BASE_IMAGE_MISSING: entry(
    exitCodes.engine,
    'The base image is not there, no registry gave it, and it could not be made from Debian’s archive.',
    'Run `bin/setup`, or load the image by hand and try again.',
  ),
  IMAGE_BUILD_FAILED: entry(
    exitCodes.engine,
    'An image could not be built; the message ends with the last lines of the build.',
    'Correct what the last lines name, most often the network to Debian’s archive, and try again.',
  ),
  PORT_TAKEN: entry(
    exitCodes.engine,
    'A port that the stack publishes is in use; the message names the port and, where it can be told, the process.',
    'Stop what uses it, or choose others: `halab up --port-offset 100` or `halab up --ports auto`.',
  ),
  NODE_FAILED: entry(
    exitCodes.unhealthy,
    'A node did not become ready; its last log lines follow the message.',
    'Read the lines. The node is left as it is; `halab down` removes it.',
  ),
  VERIFICATION_FAILED: entry(
    exitCodes.unhealthy,
    'The nodes run, but a write through HAProxy did not arrive where it should.',
    'See `halab status` for the finding and its remedy.',
  ),

  STACK_NOT_FOUND: entry(
    exitCodes.refused,
    'There is no stack of that name on the engine.',
    'Start it with `halab up`, or see `halab ls` for the names there are.',
  ),
  STACK_UNHEALTHY: entry(
    exitCodes.refused,
    'What was asked needs a healthy stack, and this one is not; its findings follow the message.',
    'Repair it with `halab repair`, or let a lab replace the stack and its data with `--fresh`.',
  ),
  STACK_INCOMPLETE: entry(
    exitCodes.refused,
    'A part of the stack that the command needs was never created, or was removed.',
    'Complete it with `halab up`.',
  ),
  STACK_EXISTS: entry(
    exitCodes.refused,
    'A stack of that name exists and was made in another way than the command asks for.',
    'Use another name with `--stack`, or remove it with `halab down`.',
  ),
  STACK_BUSY: entry(
    exitCodes.refused,
    'Another command is changing the stack; the message names it.',
    'Wait until it has ended, or end it with Ctrl-C, and try again.',
  ),
  NODE_EXISTS: entry(
    exitCodes.refused,
    'The stack has a node of that name already.',
    'Choose another name. What is missing of the node, `halab up` makes.',
  ),
  TOO_MANY_REPLICAS: entry(
    exitCodes.refused,
    'The stack has as many replicas as a stack may have.',
    'Take one away first: `halab replica remove NODE`.',
  ),
  NODE_NOT_FOUND: entry(
    exitCodes.refused,
    'The stack has no node of that name, or none of the kind that the command needs.',
    'See `halab status` for the nodes there are.',
  ),
  NODE_NOT_RUNNING: entry(
    exitCodes.refused,
    'The command needs a running node, and this one is not.',
    'Start it with `halab start NODE`.',
  ),
  NOT_A_REPLICA: entry(
    exitCodes.refused,
    'The node that should be promoted is not a replica.',
    'See `halab status` for the roles.',
  ),
  NO_REPLICA: entry(
    exitCodes.refused,
    'There is no running replica to promote.',
    'Start one with `halab start NODE`.',
  ),
  PRIMARY_ALIVE: entry(
    exitCodes.refused,
    'Another server is a primary and answers: a promotion would make a second one, or take the role from it.',
    'Use `halab failover --promote --force`, which stops it first.',
  ),
  REPLICA_BEHIND: entry(
    exitCodes.refused,
    'The best replica lacks more WAL of the old primary than `--max-lag` allows, or that cannot be told.',
    'Bring the old primary back with `halab start NODE`, or leave `--max-lag` out and lose what the message names.',
  ),
  SECOND_PRIMARY: entry(
    exitCodes.refused,
    'Starting this node would make a second primary.',
    'Leave it stopped. `halab status` names the primary.',
  ),
  NOT_A_PRIMARY: entry(
    exitCodes.refused,
    'The proxy would send writes to a server that is not a primary.',
    'Promote the node first: `halab promote NODE`. `--force` points the proxy all the same.',
  ),
  NO_PRIMARY: entry(
    exitCodes.refused,
    'No server of the stack is a primary that the node could follow.',
    'Promote a replica first: `halab failover --promote`. `halab status` shows the roles.',
  ),
  ONLY_PRIMARY: entry(
    exitCodes.refused,
    'The node is the only primary: without it nobody takes writes.',
    'Promote a replica with `halab failover --promote --force`, which fences it as well.',
  ),
  FAULT_IN_FORCE: entry(
    exitCodes.refused,
    'The node has that fault already.',
    'See `halab faults`; `halab heal NODE` ends it.',
  ),
  NO_DISK_LIMIT: entry(
    exitCodes.refused,
    'The volume has no limit of its own: it would fill the disk of the engine.',
    'Make a stack whose volumes have one: `halab up --disk-limit 512MB`.',
  ),
  DISKS_IN_MEMORY: entry(
    exitCodes.refused,
    'The disks of the stack are in memory (`--disk-limit`): they end with the stack, or with the engine.',
    'Remove the stack and its data with `halab down`.',
  ),
  NOTHING_TO_HEAL: entry(
    exitCodes.refused,
    'No fault is in force there.',
    'See `halab faults` for those that are, and `halab status` for what is wrong otherwise.',
  ),
  KERNEL_LACKS: entry(
    exitCodes.engine,
    'The kernel of the engine’s machine lacks what the fault needs; nothing was changed.',
    'Load the module that the message names, or use another machine. `halab doctor` says what the kernel has.',
  ),
  FAULT_FAILED: entry(
    exitCodes.incomplete,
    'The fault did not take effect; what was begun was taken back.',
    'See what the node says: `halab logs NODE`.',
  ),
  SWITCHOVER_CALLED_OFF: entry(
    exitCodes.refused,
    'The switchover would have paused writes for too long. The old primary goes on as before.',
    'See what is open: `halab psql -- -c "SELECT * FROM pg_stat_activity"`. Or allow more with `--max-pause`.',
  ),
  REPAIR_FAILED: entry(
    exitCodes.incomplete,
    'The steps of a repair did not lead to a healthy stack.',
    'See `halab status` for what is wrong, and take the step that it names by hand.',
  ),
  REJOIN_PRIMARY: entry(
    exitCodes.refused,
    'The node that should rejoin is the primary itself.',
    'Look at the roles with `halab status`; another node may be meant.',
  ),
  REMOVE_PRIMARY: entry(
    exitCodes.refused,
    'The node that should be removed is the primary.',
    'Promote a replica first: `halab failover --promote`. `halab down` removes the whole stack.',
  ),
  WOULD_DISCARD: entry(
    exitCodes.refused,
    'The node holds committed transactions that the primary never received; a rejoin would discard them.',
    'Save what you need from the node first, then repeat the command with `--yes`.',
  ),
  NOT_REPLAYED: entry(
    exitCodes.incomplete,
    'The replica did not replay the WAL it had received in time. It was not promoted.',
    'See what holds replay up (`halab logs NODE`), then run the command again.',
  ),
  PROMOTION_FAILED: entry(
    exitCodes.incomplete,
    'The replica did not become a primary in time.',
    'See `halab logs NODE`, then run the command again.',
  ),
  PROXY_CONFIG_INVALID: entry(
    exitCodes.incomplete,
    'HAProxy refused the new configuration; the old one is still in force.',
    'Read HAProxy’s message. `halab proxy point NODE` tries again.',
  ),
  LAB_STUCK: entry(
    exitCodes.inconclusive,
    'Something that the lab waits for did not happen in time, so its evidence decides nothing.',
    'See `halab status`, and run the lab again with `--fresh`.',
  ),
  CLIENTS_ENDED: entry(
    exitCodes.inconclusive,
    'Something outside halab ended the process of a lab’s clients, so nothing can be said of the stack.',
    'Most often the memory ran out: `halab doctor` says how much there is. Then run the lab again.',
  ),
  COMMAND_FAILED: entry(
    exitCodes.unexpected,
    'A program inside a container ended with an error.',
    'Read its last lines, which follow the message.',
  ),
  INTERRUPTED: entry(
    exitCodes.incomplete,
    'The command was interrupted (Ctrl-C or SIGTERM).',
    'Run it again: it goes on from what is there. `halab down --stack NAME` removes a stack.',
  ),
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof catalogue;
