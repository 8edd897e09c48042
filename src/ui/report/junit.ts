import type { LabRecord, StepRecord } from '../../labs/record.js';
import { type Markup, markup, noMarkup } from './markup.js';

interface TestCase {
  name: string;
  className: string;
  seconds: number;
  passed: boolean | null;
  observed: string;
}

/** A step is a test when it expects something, and when it did not do what it should. */
const isTest = ({ text, outcome }: StepRecord): boolean => /^expect\b/.test(text) || outcome !== 'done';

const seconds = (durationMs: number): number => Math.max(0, durationMs) / 1000;

function testCases({ lab, assertions, steps }: LabRecord): TestCase[] {
  const tests = steps.filter(isTest);
  const passedOf = { done: true, failed: false, inconclusive: null };
  return [
    ...assertions
      // A step that went wrong is among them.
      .filter(({ text }) => tests.every((step) => step.text !== text))
      .map(({ text, passed, observed }) => ({
        name: text,
        className: `halab.${lab}.assertions`,
        seconds: 0,
        passed,
        observed,
      })),
    ...tests.map(({ text, outcome, observed, durationMs }) => ({
      name: text,
      className: `halab.${lab}.steps`,
      seconds: seconds(durationMs),
      passed: passedOf[outcome],
      observed,
    })),
  ];
}

function result({ passed, observed }: TestCase): Markup {
  if (passed === true) return noMarkup;
  return passed === false
    ? markup`<failure type="failed" message="${observed}">${observed}</failure>`
    : markup`<error type="inconclusive" message="${observed}">${observed}</error>`;
}

const testCase = (of: TestCase): Markup =>
  markup`    <testcase classname="${of.className}" name="${of.name}" time="${of.seconds.toFixed(3)}">${result(of)}</testcase>
`;

/** In the form of the XML schemas: without milliseconds and without a time zone; it is UTC. */
const timestamp = (startedAt: string): string => startedAt.slice(0, 19);

function testSuite(record: LabRecord, id: number, name: string): Markup {
  const cases = testCases(record);
  const properties = {
    runId: record.runId,
    stack: record.stack,
    seed: String(record.seed),
    verdict: record.verdict,
    halab: record.manifest.halab,
    evidence: record.evidence ?? '',
  };
  return markup`  <testsuite id="${id}" package="halab" name="${name}" timestamp="${timestamp(record.startedAt)}" hostname="localhost" tests="${cases.length}" failures="${cases.filter(({ passed }) => passed === false).length}" errors="${cases.filter(({ passed }) => passed === null).length}" skipped="0" time="${seconds(record.untilMs - record.fromMs).toFixed(3)}">
    <properties>
${Object.entries(properties)
  .filter(([, value]) => value !== '')
  .map(([key, value]) => markup`      <property name="${key}" value="${value}"/>\n`)}    </properties>
${cases.map(testCase)}    <system-out>${record.title}</system-out>
    <system-err/>
  </testsuite>
`;
}

/**
 * The runs as JUnit XML, for a CI: a test suite a run, a test case for each assertion and each step that expects something.
 * What failed is a failure, what the evidence does not decide an error. Valid against both schemas that are in use: that of Ant
 * (https://github.com/windyroad/JUnit-Schema) and that of Jenkins (https://github.com/jenkinsci/xunit-plugin, junit-10.xsd).
 */
export function renderJunit(records: readonly LabRecord[]): string {
  const suites = records.map((record, id) => {
    const same = records.filter(({ lab }) => lab === record.lab);
    const name = same.length === 1 ? record.lab : `${record.lab} (run ${same.indexOf(record) + 1})`;
    return testSuite(record, id, name);
  });
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
${suites}</testsuites>
`.text;
}
