import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import type { Engine } from '../../docker/engine.js';
import { imageTag } from '../../stack/images.js';
import { findStack } from '../../stack/stack.js';
import type { Manifest } from '../record.js';

/** Where the figures of a run come from. @param halab its version */
export async function describeMachine(engine: Engine, stackName: string, halab: string): Promise<Manifest> {
  const [{ version }, stack] = await Promise.all([engine.describe(), findStack(engine, stackName)]);
  const kinds = [...new Set((stack?.nodes ?? []).map(({ kind }) => kind))];
  return {
    halab,
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: cpus().length,
    memoryBytes: totalmem(),
    system: `${platform()} ${release()}`,
    dockerEngine: version,
    images: Object.fromEntries(kinds.map((kind) => [kind, imageTag(kind)])),
    loadAverageBefore: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}
