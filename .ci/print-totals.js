// Prints the totals of a vitest JSON report as `tests: N passed, N failed`. A report that is missing or empty, a
// failed test and a skipped test end it with exit code 1: a skipped test is a defect that nobody looks at.
import { readFileSync } from 'node:fs';

const [path] = process.argv.slice(2);
let report;
try {
  report = JSON.parse(readFileSync(path, 'utf8'));
} catch (error) {
  console.log(`No report of the tests: ${error.message}`);
  console.log('tests: 0 passed, 1 failed');
  process.exit(1);
}

const files = report.testResults;
const tests = files.flatMap(({ assertionResults }) => assertionResults);
const passed = tests.filter(({ status }) => status === 'passed').length;
const failed = tests.filter(({ status }) => status === 'failed').length;
const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
// A file that could not be loaded has no tests, and has failed all the same.
const broken = files.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
);

for (const { fullName, status } of skipped) console.log(`${status}: ${fullName}`);
for (const { name, message } of broken) console.log(`not loaded: ${name}\n${message}`);
if (tests.length === 0) console.log('No test was executed.');
if (skipped.length > 0) console.log(`${skipped.length} not executed; each counts as failed.`);

const failures = failed + skipped.length + broken.length;
console.log(`tests: ${passed} passed, ${failures} failed`);
process.exitCode = failures > 0 || tests.length === 0 || !report.success ? 1 : 0;
