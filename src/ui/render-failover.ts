import type { FailoverResult } from '../failover/failover.js';
import type { FenceResult } from '../failover/fence-node.js';
import type { Phase } from '../failover/phases.js';
import type { PlannedStep } from '../failover/plan.js';
import type { PointProxyResult } from '../failover/point-proxy.js';
import type { PromoteResult } from '../failover/promote.js';
import type { SwitchoverResult } from '../failover/switchover.js';
import { formatMs } from './format.js';
import { renderNext } from './render-next.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';

const timelines = ({ before, after }: { before: number; after: number }): string =>
  `timeline ${before} → ${after}`;

/** The phases of an operation with a bar for each, on one scale: overlaps can be seen. */
export function renderPhases(phases: readonly Phase[], style: Style): string {
  const endMs = Math.max(1, ...phases.map(({ startMs, durationMs }) => startMs + durationMs));
  const width = Math.max(10, Math.min(40, style.columns - 46));
  const bar = ({ startMs, durationMs }: Phase): string => {
    const from = Math.min(width - 1, Math.floor((startMs / endMs) * width));
    const length = Math.max(1, Math.min(width - from, Math.round((durationMs / endMs) * width)));
    return `${' '.repeat(from)}${style.paint.cyan('━'.repeat(length))}`;
  };
  return renderTable(
    ['PHASE', 'START', 'TOOK', ''],
    phases.map((phase) => [phase.name, formatMs(phase.startMs), formatMs(phase.durationMs), bar(phase)]),
    style,
    [1, 2],
  );
}

export function renderFailover(result: FailoverResult, style: Style): string {
  const { promoted, fenced, timeline, haproxy, phases, redundancy } = result;
  const { paint } = style;
  const replicas = redundancy.streamingReplicas;
  return [
    renderPhases(phases, style),
    '',
    `${paint.green('✔')} ${paint.bold(promoted)} is the primary (${timelines(timeline)}); HAProxy: ${haproxy.action}.`,
    `  Verified: a write through the proxy was acknowledged by ${promoted}.`,
    ...(fenced.length === 0 ? [] : [`  Fenced: ${fenced.join(', ')}, stopped, and will start as a replica.`]),
    replicas === 0
      ? `${paint.yellow('!')} No replica follows ${promoted} now: there is no redundancy left.`
      : `  Redundancy: ${replicas} streaming ${replicas === 1 ? 'replica' : 'replicas'}.`,
    ...redundancy.diverged.map(
      (name) =>
        `${paint.red('✖')} ${name} received WAL that ${promoted} never had: it has diverged and cannot follow.`,
    ),
    '',
    ...renderNext(result.next, style),
    '',
  ].join('\n');
}

export function renderSwitchover(result: SwitchoverResult, style: Style): string {
  const { primary, replica, timeline, pauseMs, phases } = result;
  const { paint } = style;
  return [
    renderPhases(phases, style),
    '',
    `${paint.green('✔')} ${paint.bold(primary)} is the primary (${timelines(timeline)}), and ${replica} follows it.`,
    `  Writes paused for ${formatMs(pauseMs)}.`,
    '',
    ...renderNext(result.next, style),
    '',
  ].join('\n');
}

/** The steps of a dry run, each with its reason and the command that a person would type. */
export function renderPlan(steps: readonly PlannedStep[], { paint }: Style): string {
  return [
    'These steps would run; nothing was changed.',
    '',
    ...steps.flatMap(({ name, purpose, command }, index) => [
      `${index + 1}. ${paint.bold(name)}: ${purpose}`,
      paint.dim(`   $ ${command}`),
    ]),
    '',
  ].join('\n');
}

export function renderPromote(
  { promoted, fenced, timeline, durationMs, next: commands }: PromoteResult,
  style: Style,
): string {
  const { paint } = style;
  return [
    `${paint.green('✔')} ${paint.bold(promoted)} was promoted in ${formatMs(durationMs)} (${timelines(timeline)}).`,
    ...(fenced.length === 0 ? [] : [`  Fenced: ${fenced.join(', ')} will start as a replica.`]),
    `${paint.yellow('!')} The proxy was not changed: clients reach ${promoted} only once it is pointed there.`,
    '',
    ...renderNext(commands, style),
    '',
  ].join('\n');
}

export function renderFence({ node, before, primary, next: commands }: FenceResult, style: Style): string {
  const { paint } = style;
  return [
    `${paint.green('✔')} ${paint.bold(node)} is fenced: ${before === 'exited' ? 'it was stopped already' : 'stopped'}, and will start as a replica.`,
    primary === null
      ? `${paint.yellow('!')} No server is a primary now: nothing can be written.`
      : `  The primary is ${primary}.`,
    '',
    ...renderNext(commands, style),
    '',
  ].join('\n');
}

export function renderPointProxy(
  { writesTo, haproxy, verified, durationMs }: PointProxyResult,
  style: Style,
): string {
  const { paint } = style;
  const change =
    writesTo.before === writesTo.after ? 'still' : `instead of to ${writesTo.before ?? 'no node'},`;
  return [
    `${verified ? paint.green('✔') : paint.yellow('!')} HAProxy sends writes ${change} to ${paint.bold(writesTo.after)} (${haproxy.action}, ${formatMs(durationMs)}).`,
    verified
      ? `  Verified: a write through the proxy was acknowledged by ${writesTo.after}.`
      : `  Not verified: ${writesTo.after} is no primary, so clients fail.`,
    '',
  ].join('\n');
}
