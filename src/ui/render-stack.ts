import { typed } from '../errors/typed.js';
import type { DownResult } from '../stack/down.js';
import type { UpResult } from '../stack/up.js';
import { formatMs } from './format.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';

const list = (names: readonly string[]): string => names.join(', ');

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** What `up` did, what it verified, where everything is, and what to type next. */
export function renderUp(result: UpResult, style: Style): string {
  const { stack, topology, created, started, removed, leftStopped, verification, endpoints, durationMs } =
    result;
  const { paint } = style;
  const startedAgain = started.filter((name) => !created.includes(name));
  const { writtenTo, replayedOn, redis, apiInstances } = verification;
  const done =
    created.length + started.length + removed.length === 0
      ? leftStopped.length === 0
        ? ['Nothing to do: every node ran already.']
        : ['Nothing to do.']
      : [
          ...(created.length === 0 ? [] : [`Created and started: ${list(created)}.`]),
          ...(startedAgain.length === 0 ? [] : [`Started: ${list(startedAgain)}.`]),
          ...(removed.length === 0 ? [] : [`Removed: ${list(removed)}.`]),
        ];
  return [
    `${paint.green('✔')} The stack ${paint.bold(stack)} (${topology}) is up after ${formatMs(durationMs)}.`,
    ...done.map((line) => `  ${line}`),
    ...leftStopped.map(
      (name) => `${paint.yellow('!')} ${name} stays stopped: it would start as a second primary.`,
    ),
    `  Verified: a write through the proxy went to ${writtenTo}${
      replayedOn.length === 0 ? '; no replica runs to replay it' : ` and was replayed on ${list(replayedOn)}`
    }${redis ? '; Redis answered' : ''}${
      apiInstances.length === 0 ? '' : `; ${list(apiInstances)} answered through HAProxy`
    }.`,
    '',
    renderTable(
      ['NODE', 'KIND', 'ADDRESS', 'FOR'],
      endpoints.map(({ name, kind, address, purpose }) => [name, kind, address, purpose]),
      style,
    ),
    '',
    `${paint.cyan('→')} ${typed(stack, 'status')}`,
    `${paint.cyan('→')} ${typed(stack, 'env')}   ${paint.dim('# URLs with credentials for your own clients')}`,
    '',
  ].join('\n');
}

/** What `down` removed and what it kept. */
export function renderDown(
  { stack, containers, volumes, networks, keptVolumes }: DownResult,
  { paint }: Style,
): string {
  const removed = [
    count(containers.length, 'container'),
    count(volumes.length, 'volume'),
    count(networks.length, 'network'),
  ];
  return [
    `${paint.green('✔')} The stack ${paint.bold(stack)} is removed: ${list(removed)}.`,
    ...(keptVolumes.length === 0
      ? []
      : [
          `  Kept: ${list(keptVolumes)}.`,
          `${paint.cyan('→')} ${typed(stack, 'up')}   ${paint.dim('# goes on with the kept data')}`,
          `${paint.cyan('→')} ${typed(stack, 'down')}   ${paint.dim('# removes the kept data too')}`,
        ]),
    '',
  ].join('\n');
}
