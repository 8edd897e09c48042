import type { LabRecord } from '../../labs/record.js';
import { formatBytes } from '../format.js';
import type { ReportTable } from './report-table.js';

/** Of what size, and how it replicates, in words. */
export function topologyText({ replicas, sync, pooler }: LabRecord['topology']): string {
  const replicaWords = replicas === 1 ? '1 replica' : `${replicas} replicas`;
  return `${replicaWords}, synchronous replication ${sync}${pooler ? ', with PgBouncer' : ''}`;
}

/** Where the figures come from: without it they cannot be compared with others. */
export const machineTable = ({ manifest, topology, seed, runId }: LabRecord): ReportTable => ({
  caption: 'Machine, versions and images',
  header: ['What', 'Which'],
  rows: [
    ['halab', manifest.halab],
    ['Node.js', manifest.node],
    ['Docker Engine', manifest.dockerEngine],
    ['System', manifest.system],
    ['Processor', `${manifest.cpu}, ${manifest.cpus} ${manifest.cpus === 1 ? 'core' : 'cores'}`],
    ['Memory', formatBytes(manifest.memoryBytes)],
    ['Load average before the run', manifest.loadAverageBefore.toFixed(2)],
    ['Topology', topologyText(topology)],
    ['Run', runId],
    ['Seed', String(seed)],
    ...Object.entries(manifest.images).map(([kind, image]) => [`Image of ${kind}`, image]),
  ],
  right: [],
});
