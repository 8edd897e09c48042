import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Engine } from '../../docker/engine.js';
import { askEngine } from '../../stack/engine-answers.js';
import { observe } from '../../stack/observe.js';
import { getStack } from '../../stack/stack.js';
import type { TimedEvent } from '../context/recorder.js';
import type { LabRecord } from '../record.js';

const logLines = 2000;

/** The folder of a run: what happened, written while it happens. */
export interface Evidence extends AsyncDisposable {
  folder: string;
  /** Files that the load writes. */
  ledgerPath: string;
  registersPath: string;
  readonly event: (event: TimedEvent) => void;
  /** `status-before.json`, `status-after.json` */
  readonly status: (engine: Engine, stack: string, when: 'before' | 'after') => Promise<void>;
  /** The last lines of each node's log. */
  readonly logs: (engine: Engine, stack: string) => Promise<void>;
  /** `record.json`: all that the reports show. */
  readonly record: (record: LabRecord) => Promise<void>;
}

/**
 * Makes the folder of a run.
 *
 * @throws an error of the file system
 */
export async function openEvidence(folder: string): Promise<Evidence> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = (name: string): string => join(folder, name);
  const write = (name: string, value: unknown): Promise<void> =>
    writeFile(file(name), `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  const events: WriteStream = createWriteStream(file('events.ndjson'), { mode: 0o600 });
  return {
    folder,
    ledgerPath: file('ledger.jsonl'),
    registersPath: file('registers.jsonl'),
    event: (event) => {
      events.write(`${JSON.stringify(event)}\n`);
    },
    status: async (engine, name, when) => {
      const stack = await getStack(engine, name);
      await write(`status-${when}.json`, await observe(stack, await askEngine(engine, stack)));
    },
    logs: async (engine, name) => {
      await mkdir(file('logs'), { recursive: true, mode: 0o700 });
      const { nodes } = await getStack(engine, name);
      await Promise.all(
        nodes.map(async (node) => {
          const lines = await engine.tailLogs(node.containerId, logLines);
          await writeFile(file(join('logs', `${node.name}.log`)), `${lines.join('\n')}\n`, { mode: 0o600 });
        }),
      );
    },
    record: (record) => write('record.json', record),
    [Symbol.asyncDispose]: async () => {
      events.end();
      await finished(events);
    },
  };
}
