import { describe, expect, it } from 'vitest';
import { HalabError } from '../../../src/errors/halab-error.js';
import { parseLab } from '../../../src/labs/file/parse-lab.js';
import { loadLab, shippedLabs } from '../../../src/labs/file/shipped-labs.js';
import { labTemplate } from '../../../src/labs/file/template.js';

const lines = [
  'lab: mine',
  'title: A title',
  'about: What it is about',
  'load:',
  '  proxyWriters: { clients: 2, every: 10ms }',
  'steps:',
  '  - window: broken',
  '  - fault: kill',
  '    node: primary',
  '  - expect: writes fail',
  '    within: 5s',
  'assertions:',
  '  - write outage in broken > 1s',
  'conclusion: It broke',
];
const text = `${lines.join('\n')}\n`;

const messageOf = (changed: string): string => {
  try {
    parseLab(changed, 'lab.yaml');
  } catch (error) {
    if (error instanceof HalabError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'accepted';
};

describe('a lab file', () => {
  it('is read into steps and claims', () => {
    const lab = parseLab(text, 'lab.yaml');
    expect(lab).toMatchObject({
      name: 'mine',
      stack: { replicas: 1, sync: 'off', pooler: false },
      groups: { proxyWriters: { clients: 2, intervalMs: 10 }, readers: { clients: 0 } },
    });
    expect(lab.steps.map((step) => step.text)).toEqual([
      'from here on: broken',
      'fault kill primary',
      'expect writes fail within 5s',
    ]);
  });

  it.each([
    [
      'a step that there is not',
      text.replace('- fault:', '- fualt:'),
      /^LAB_INVALID lab\.yaml:8:\d+: steps\.1\.fualt is no step; did you mean "fault"\?/,
    ],
    [
      'a key that a step does not have',
      text.replace('    node:', '    nod: x\n    node:'),
      /^LAB_INVALID lab\.yaml:9:\d+: steps\.1\.nod is not a key that is known here; did you mean "node"\?/,
    ],
    [
      'a key of the lab that there is not',
      text.replace('title:', 'titel: x\ntitle:'),
      /^LAB_INVALID lab\.yaml:2:\d+: titel is not a key that is known here; did you mean "title"\?/,
    ],
    [
      'a condition that is none',
      text.replace('writes fail', 'writes fial'),
      /^LAB_INVALID lab\.yaml:10:\d+: steps\.2\.expect "writes fial" is no condition; did you mean "writes fail"\?/,
    ],
    [
      'a duration without a unit',
      text.replace('5s', '5'),
      /^LAB_INVALID lab\.yaml:11:\d+: steps\.2\.within must/,
    ],
    [
      'a figure that is none',
      text.replace('write outage', 'write outrage'),
      /^LAB_INVALID lab\.yaml:13:\d+: assertions\.0 "write outrage" is no figure; did you mean "write outage"\?/,
    ],
    [
      'a window that no step opens',
      text.replace('in broken', 'in brokne'),
      /^LAB_INVALID lab\.yaml:13:\d+: assertions\.0 speaks of the window "brokne", which no step opens; did you mean "broken"\?/,
    ],
    [
      'no assertions',
      text.replace('assertions:\n  - write outage in broken > 1s\n', ''),
      /^LAB_INVALID lab\.yaml:1:1: the lab must have/,
    ],
    [
      'an empty list of steps',
      text.replace(/steps:\n[\s\S]*assertions/, 'steps: []\nassertions'),
      /^LAB_INVALID lab\.yaml:6:\d+: steps must not have fewer/,
    ],
    ['broken YAML', text.replace('title: A', 'title: [A'), /^LAB_INVALID lab\.yaml:\d+:\d+: /],
    ['an empty file', '', /^LAB_INVALID lab\.yaml:1:1: /],
  ])('with %s is refused at its place', (_what, changed, expected) => {
    expect(messageOf(changed)).toMatch(expected);
  });

  it('that ships is read, has a name like its file, and is asserted of', () => {
    expect(shippedLabs()).toHaveLength(14);
    for (const name of shippedLabs()) expect(loadLab(name).name).toBe(name);
  });

  it('that halab writes to begin with is read', () => {
    expect(parseLab(labTemplate('./My Lab 1.yaml'), 'x').name).toBe('my-lab-1');
  });

  it('of a name that there is not says which may have been meant', () => {
    expect(() => loadLab('failovr')).toThrow('did you mean "failover"?');
    expect(() => loadLab('./no-such.yaml')).toThrow('./no-such.yaml cannot be read');
  });
});
