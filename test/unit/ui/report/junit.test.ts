import { describe, expect, it } from 'vitest';
import { renderJunit } from '../../../../src/ui/report/junit.js';
import { failoverRecord, repeatedRecords } from '../../../support/failover-records.js';
import { hostileTexts, recordOf } from '../../../support/hostile-records.js';
import { lostWriteRecord, staleReadsRecord } from '../../../support/lab-records.js';

const attributes = (tag: string): Record<string, string> =>
  Object.fromEntries(
    [...tag.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );

const suites = (xml: string): Record<string, string>[] =>
  [...xml.matchAll(/<testsuite [^>]*>/g)].map(([tag]) => attributes(tag));

describe('the JUnit file', () => {
  it('has a suite a run and a case for each assertion and expectation', () => {
    const xml = renderJunit([failoverRecord()]);
    expect(suites(xml)).toEqual([
      {
        id: '0',
        package: 'halab',
        name: 'failover',
        timestamp: '2026-11-28T04:10:32',
        hostname: 'localhost',
        tests: '3',
        failures: '0',
        errors: '0',
        skipped: '0',
        time: '8.414',
      },
    ]);
    expect([...xml.matchAll(/<testcase [^>]*>/g)].map(([tag]) => attributes(tag)['name'])).toEqual([
      'the death of the primary was felt: the write outage is longer than the resolution',
      'no acknowledged write is lost',
      'expect writes acknowledged within 10s',
    ]);
  });

  it('tells what failed with what was observed', () => {
    const xml = renderJunit([lostWriteRecord()]);
    expect(suites(xml)[0]).toMatchObject({ failures: '1', errors: '0' });
    expect(xml).toContain(
      '<failure type="failed" message="1 of 1354: run-77aa10c9e0d4-w7-000412">1 of 1354: run-77aa10c9e0d4-w7-000412</failure>',
    );
  });

  it('tells what the evidence does not decide as an error, never as a pass', () => {
    const xml = renderJunit([staleReadsRecord()]);
    expect(suites(xml)[0]).toMatchObject({ failures: '0', errors: '1' });
    expect(xml).toContain('<error type="inconclusive" message="nobody read so">');
  });

  it('has a case for a step that went wrong, also when it expects nothing', () => {
    const record = failoverRecord();
    const xml = renderJunit([
      {
        ...record,
        steps: record.steps.map((step) => ({ ...step, outcome: 'failed', observed: 'it did not' })),
      },
    ]);
    expect(suites(xml)[0]).toMatchObject({ tests: '6', failures: '4' });
    expect(xml).toContain(
      '<testcase classname="halab.failover.steps" name="fault kill primary" time="0.294">',
    );
  });

  it('has one case for a step that went wrong and is an assertion as well', () => {
    const record = failoverRecord();
    const [, kill] = record.steps;
    const broken = { text: 'fault kill primary', passed: false, observed: 'no such node' };
    const xml = renderJunit([
      {
        ...record,
        assertions: [broken],
        steps: kill === undefined ? [] : [{ ...kill, outcome: 'failed', observed: 'no such node' }],
      },
    ]);
    expect(suites(xml)[0]).toMatchObject({ tests: '1', failures: '1' });
  });

  it('numbers the runs of one lab', () => {
    const names = suites(renderJunit([...repeatedRecords(2), staleReadsRecord()])).map(({ name }) => name);
    expect(names).toEqual(['failover (run 1)', 'failover (run 2)', 'stale-reads']);
  });

  it('has the elements in the order of the schemas', () => {
    const xml = renderJunit([lostWriteRecord()]);
    const order = [
      ...xml.matchAll(/<(testsuites|testsuite|properties|testcase|system-out|system-err)[ />]/g),
    ].map(([, name]) => name);
    const unique = order.filter((name, index) => name !== order[index - 1]);
    expect(unique).toEqual(['testsuites', 'testsuite', 'properties', 'testcase', 'system-out', 'system-err']);
  });

  it.each(hostileTexts)('stays well formed with %j', (text) => {
    const xml = renderJunit([recordOf(text)]);
    const open: string[] = [];
    for (const [, end, name = '', empty] of xml.matchAll(/<(\/?)([a-z-]+)(?: [a-z]+="[^"<]*")*(\/?)>/g)) {
      if (end === '/') expect(open.pop()).toBe(name);
      else if (empty !== '/') open.push(name);
    }
    expect(open).toEqual([]);
    expect(Buffer.from(xml).toString()).toBe(xml);
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
  });
});
