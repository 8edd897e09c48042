import type { LabRecord, LabVerdict } from '../../labs/record.js';
import { formatMs } from '../format.js';
import { topologyText } from './machine-table.js';
import { formatCount, formatTime } from './report-table.js';

export const verdictWords: Record<LabVerdict, string> = {
  passed: '✔ Passed',
  failed: '✖ Failed',
  inconclusive: '? Inconclusive',
};

/** What the verdict means for what the lab wanted to show. */
export function verdictSentence({ verdict, conclusion, assertions }: LabRecord): string {
  const failed = assertions.filter(({ passed }) => passed === false).length;
  const open = assertions.filter(({ passed }) => passed === null).length;
  const assertionsOf = (number: number): string => `${number} of ${assertions.length} assertions`;
  const word = {
    passed: conclusion,
    failed: `${assertionsOf(failed)} did not hold.`,
    inconclusive: `The evidence does not decide ${assertionsOf(open)}.`,
  };
  return word[verdict];
}

/** The figures that are asked for first. */
export function headFigures({ outage, ledger, whole }: LabRecord): { name: string; value: string }[] {
  return [
    { name: 'Write outage', value: formatMs(outage.writeMs) },
    { name: 'Read outage', value: formatMs(outage.readMs) },
    { name: 'Known to within', value: formatMs(outage.resolutionMs) },
    { name: 'Lost writes', value: formatCount(ledger?.lost) },
    { name: 'Failed writes', value: formatCount(ledger?.failed) },
    { name: 'Indeterminate', value: formatCount(ledger?.indeterminate) },
    { name: 'Stale reads', value: formatCount(whole.reads.good === 0 ? null : whole.reads.stale) },
  ];
}

/** Which run it was, in a line. */
export const runLine = ({ lab, stack, topology, startedAt, fromMs, untilMs }: LabRecord): string =>
  `Lab ${lab} on stack ${stack} (${topologyText(topology)}), ${formatTime(startedAt)}, ${formatMs(untilMs - fromMs)} from the first step to the last.`;
