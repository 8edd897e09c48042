import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

const whole = `
import { exitCodes, HalabError, startStack } from 'halab';
import type { ErrorCode, HalabEvent, StackHandle, StackEndpoints, Status } from 'halab';

const events: HalabEvent[] = [];
await using stack: StackHandle = await startStack({
  name: 'orders', ports: { offset: 100 }, replicas: 2, sync: 'on', pooler: true, reuse: true,
  signal: AbortSignal.timeout(60_000), onEvent: (event) => void events.push(event),
});
const endpoints: StackEndpoints = stack.endpoints;
const pooler: string | null = endpoints.poolerUrl;
const status: Status = await stack.waitUntilHealthy({ timeoutMs: 1000 });
const lagBytes: (number | null)[] = status.nodes.map(({ replication }) => replication?.lagBytes ?? null);
await stack.fault('kill', 'db-primary');
await stack.fault('slow', 'db-replica', { delayMs: 50, forMs: 1000 });
await stack.fault('partition', 'db-replica', { from: ['db-primary'], way: 'in' });
const { promoted, phases, timeline } = await stack.failover({ force: true, maxLagBytes: 0 });
const longestMs: number = Math.max(...phases.map(({ durationMs }) => durationMs), timeline.after);
const { steps, findings } = await stack.repair({ discard: true });
await using api = await stack.serveApi({ cache: false, writeWaitMs: 1000 });
const reads: number = api.stats().reads.replica;
const code: ErrorCode = new HalabError('STACK_BUSY', 'It is.').code;
export { code, exitCodes, lagBytes, longestMs, pooler, promoted, reads, steps, findings };
`;

const mistakes: [string, string, string][] = [
  ['a fault that there is not', `await stack.fault('explode', 'redis');`, 'explode'],
  ['a fault without what it needs', `await stack.fault('slow', 'redis');`, 'Expected 3 arguments'],
  ['an option of another fault', `await stack.fault('kill', 'redis', { from: [] });`, 'from'],
  ['an option that there is not', 'await startStack({ replica: 2 });', 'replica'],
  ['a mode that there is not', `await startStack({ sync: 'maybe' });`, 'maybe'],
];
const withMistake = (line: string): string => `
import { type StackHandle, startStack } from 'halab';
declare const stack: StackHandle;
${line}
export { stack, startStack };
`;

/** The examples of the pages; their test runner is not installed where they are compiled. */
const examples = ['docs/library.md', 'README.md'].flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^```ts\n([^]*?)^```$/gm)].map(
    ([, text = '']) => `/// <reference path="./vitest.d.ts" />\n${text}\nexport {};\n`,
  ),
);
const vitest = `declare module 'vitest' { export const afterAll: any, beforeAll: any, expect: any, it: any; }`;

/** A user's folder, in which the package is installed and nothing else. */
let folder: string;
/** What the compiler says of each program in it, with the types of the package checked as well. */
let problems: Map<string, string[]>;

function compile(programs: Readonly<Record<string, string>>): Map<string, string[]> {
  const files = Object.keys(programs).map((name) => join(folder, name));
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(folder, name), text);
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    // AbortSignal and fetch are of the DOM's library here; in a user's project @types/node has them too.
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts'],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  });
  const found = new Map<string, string[]>();
  for (const { file, messageText } of ts.getPreEmitDiagnostics(program)) {
    const name = file?.fileName.replace(`${folder}/`, '') ?? 'the compiler';
    found.set(name, [...(found.get(name) ?? []), ts.flattenDiagnosticMessageText(messageText, '\n')]);
  }
  return found;
}

beforeAll(async () => {
  await execa('npm', ['run', '--silent', 'build:types'], { cwd: root });
  folder = mkdtempSync(join(tmpdir(), 'halab-types-'));
  const installed = join(folder, 'node_modules/halab');
  mkdirSync(join(installed, 'dist'), { recursive: true });
  for (const file of ['package.json', 'dist/index.d.ts']) cpSync(join(root, file), join(installed, file));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'vitest.d.ts'), vitest);
  problems = compile({
    'whole.ts': whole,
    ...Object.fromEntries(mistakes.map(([, line], index) => [`mistake-${index}.ts`, withMistake(line)])),
    ...Object.fromEntries(examples.map((text, index) => [`example-${index}.ts`, text])),
  });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the types of the package', () => {
  it('are one file that imports nothing: no type of a driver, of dockerode or of Node', () => {
    const declarations = readFileSync(join(root, 'dist/index.d.ts'), 'utf8');
    expect([...declarations.matchAll(/\bfrom ['"]|\bimport\b|\bNodeJS\.|\bBuffer\b/g)].map(String)).toEqual(
      [],
    );
  });

  it('are whole: what is wrong in a folder without other packages is the mistakes of its programs', () => {
    const expected = mistakes.map((_, index) => `mistake-${index}.ts`);
    expect([...problems.keys()].sort(), JSON.stringify([...problems])).toEqual(expected);
  });

  it.each(mistakes.map(([what, , told], index) => ({ what, told, file: `mistake-${index}.ts` })))(
    'tell of $what',
    ({ told, file }) => {
      expect(problems.get(file)).toEqual([expect.stringContaining(told)]);
    },
  );
});

it('the examples of docs/library.md and README.md compile', () => {
  expect(examples.length).toBeGreaterThan(4);
  for (const index of examples.keys()) expect(problems.get(`example-${index}.ts`) ?? []).toEqual([]);
});
