import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRuns, labelOf } from '../../../src/labs/compare/compare-runs.js';
import { outagePhases } from '../../../src/labs/figures/outage-phases.js';
import type { Band, LabRecord } from '../../../src/labs/record.js';
import { failoverRecord, repeatedRecords } from '../../support/failover-records.js';
import { idleRecord } from '../../support/lab-records.js';

const run = (file: string, record: LabRecord) => ({ file, records: [record] });

describe('the phases of an outage', () => {
  it('name what halab was at, and what came before and after', () => {
    expect(outagePhases(failoverRecord()).map(({ phase, when }) => phase ?? when)).toEqual([
      'before',
      'check haproxy.cfg',
      'between',
      'stop old primary',
      'replay',
      'promote',
      'point proxy',
      'verify',
    ]);
  });

  const band = fc.record({
    kind: fc.constantFrom('fault', 'operation', 'phase'),
    name: fc.constantFrom('stop', 'promote', 'point'),
    from: fc.integer({ min: -500, max: 1500 }),
    took: fc.integer({ min: 0, max: 1000 }),
  });

  it('add up to it, whatever overlaps', () => {
    fc.assert(
      fc.property(fc.array(band, { maxLength: 12 }), fc.integer({ min: 1, max: 2000 }), (bands, outageMs) => {
        const base = failoverRecord({ outageMs });
        const zeroMs = base.whole.faultMs ?? 0;
        const record: LabRecord = {
          ...base,
          bands: bands.map(
            ({ kind, name, from, took }): Band => ({
              kind,
              name,
              node: null,
              fromMs: zeroMs + from,
              untilMs: zeroMs + from + took,
            }),
          ),
        };
        const pieces = outagePhases(record);
        const sum = pieces.reduce((total, { durationMs }) => total + durationMs, 0);
        expect(sum).toBeCloseTo(outageMs, 6);
        expect(pieces.every(({ durationMs }) => durationMs > 0)).toBe(true);
      }),
    );
  });

  it('are one piece where no phase is known, and none without an outage', () => {
    expect(outagePhases({ ...failoverRecord(), bands: [] })).toEqual([
      { phase: null, when: 'before', durationMs: 400 },
    ]);
    expect(outagePhases(idleRecord())).toEqual([]);
  });
});

describe('runs side by side', () => {
  it('are one side a file', () => {
    const { sides } = compareRuns([run('a', failoverRecord()), run('b', failoverRecord({ outageMs: 800 }))]);
    expect(sides.map(({ label, file, figures }) => [label, file, figures.writeOutageMs])).toEqual([
      ['A', 'a', 400],
      ['B', 'b', 800],
    ]);
    expect(sides[1]?.writeOutageRatio).toEqual({ ratio: 2, interval: null });
  });

  it('of a single file are one side a run', () => {
    const { sides } = compareRuns([{ file: 'a', records: repeatedRecords(3) }]);
    expect(sides.map(({ runs, figures }) => [runs, figures.writeOutageMs])).toEqual([
      [1, 400],
      [1, 437],
      [1, 474],
    ]);
  });

  it('of a lab that was repeated are its median, with an interval where the runs are enough', () => {
    const { sides } = compareRuns([
      { file: 'a', records: repeatedRecords(7) },
      run('b', failoverRecord({ outageMs: 900 })),
    ]);
    expect(sides[0]).toMatchObject({
      runs: 7,
      verdicts: { passed: 7, failed: 0, inconclusive: 0 },
      writeOutage: { runs: 7, min: 400, max: 474, interval: { confidence: 0.95 } },
      figures: { failedWrites: 7 * 124 },
    });
    expect(sides[1]?.writeOutage?.interval).toBeNull();
  });

  it('name what else is not alike', () => {
    const other = failoverRecord();
    const { differences } = compareRuns([
      run('a', failoverRecord()),
      run('b', {
        ...other,
        source: 'name: failover\n',
        topology: { ...other.topology, replicas: 3 },
        manifest: { ...other.manifest, halab: '0.2.0', loadAverageBefore: 1.8 },
      }),
    ]);
    expect(differences).toEqual([
      { what: 'file of the lab', values: ['version 1', 'version 2'] },
      { what: 'replicas', values: ['1', '3'] },
      { what: 'halab', values: ['0.1.0', '0.2.0'] },
      { what: 'load average before', values: ['0.31', '1.80'] },
    ]);
  });

  it('that are alike have no difference', () => {
    expect(compareRuns([run('a', failoverRecord()), run('b', failoverRecord())]).differences).toEqual([]);
  });

  it('have letters for names', () => {
    expect([0, 1, 25, 26, 27, 51, 52].map(labelOf)).toEqual(['A', 'B', 'Z', 'AA', 'AB', 'AZ', 'BA']);
  });
});
