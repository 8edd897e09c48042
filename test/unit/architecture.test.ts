import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const eslint = new ESLint({
  cwd: root,
  // These rules need no types, and to read the whole project takes longer than all the rest.
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
  ruleFilter: ({ ruleId }) =>
    ['@typescript-eslint/no-restricted-imports', 'import-x/no-cycle'].includes(ruleId),
});
const foldersOf = (parent: string): string[] =>
  readdirSync(`${root}${parent}`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

/** A source file that exists. */
function someFileIn(folder: string): string {
  const [file] = readdirSync(`${root}src/${folder}`).filter((name) => name.endsWith('.ts'));
  if (file === undefined) throw new Error(`src/${folder} has no file`);
  return `src/${folder}/${file}`;
}

/** What lint says of a file if its text were this. */
async function problemsOf(filePath: string, text: string): Promise<string[]> {
  const results = await eslint.lintText(text, { filePath: `${root}${filePath}` });
  return results.flatMap(({ messages }) => messages.map(({ message }) => message));
}

/** The rules of imports for a folder, as text. */
async function rulesOf(folder: string): Promise<string> {
  const file = `${root}${someFileIn(folder)}`;
  const { rules } = (await eslint.calculateConfigForFile(file)) as { rules: Record<string, unknown> };
  return JSON.stringify(rules['@typescript-eslint/no-restricted-imports']);
}

const imports = (module: string): string => `import * as imported from '${module}';\nvoid imported;\n`;

describe('the arrows of the architecture', { timeout: 60_000 }, () => {
  it.each([
    ['docker', '../stack/labels.js', 'src/docker may not import src/stack'],
    ['nodes', '../stack/labels.js', 'src/nodes may not import src/stack'],
    ['stack', '../ui/style.js', 'src/stack may not import src/ui'],
    ['stack', '../failover/plan.js', 'src/stack may not import src/failover'],
    ['failover', '../faults/kill.js', 'src/failover may not import src/faults'],
    ['labs', '../commands/session.js', 'src/labs may not import src/commands'],
    ['measure', '../docker/engine.js', 'src/measure may not import src/docker'],
    ['bench', '../failover/plan.js', 'src/bench may not import src/failover'],
    ['api', '../errors/halab-error.js', 'src/api may not import src/errors'],
    ['ui', '../stack/observe.js', 'src/ui may not import src/stack'],
    ['library', '../commands/session.js', 'src/library may not import src/commands'],
    ['library', '../ui/style.js', 'src/library may not import src/ui'],
    ['serve', '../library/start-stack.js', 'src/serve may not import src/library'],
    ['stack', 'dockerode', 'Only src/docker imports dockerode'],
    ['commands', 'tar-stream', 'Only src/docker imports tar-stream'],
    ['commands', 'chalk', 'Only src/ui imports chalk'],
    ['labs', 'ora', 'Only src/ui imports ora'],
    ['commands', 'fastify', 'Only src/api imports fastify'],
    ['labs/context', '../run/evidence.js', 'src/labs/context may not import src/labs/run'],
    ['labs/compare', '../file/parse-lab.js', 'src/labs/compare may not import src/labs/file'],
    ['labs/steps', '../../commands/session.js', 'src/labs may not import src/commands'],
  ])('src/%s may not import %s', async (folder, module, message) => {
    const problems = await problemsOf(someFileIn(folder), imports(module));
    expect(problems.join('\n')).toContain(message);
  });

  it('forbid nothing that points downward', async () => {
    for (const [folder, module] of [
      ['commands', '../stack/labels.js'],
      ['stack', '../docker/engine.js'],
      ['docker', 'dockerode'],
      ['ui', 'chalk'],
      ['labs/run', '../context/context.js'],
    ] as const) {
      expect(await problemsOf(someFileIn(folder), imports(module)), folder).toEqual([]);
    }
    // A renderer may know the form of a result.
    const types = `import type { Stack } from '../stack/stack.js';\nexport type Shown = Stack;\n`;
    expect(await problemsOf(someFileIn('ui'), types)).toEqual([]);
  });

  // What lint would say, read from its configuration: to lint a file for each takes half a minute.
  it.each(foldersOf('src/labs'))('src/labs/%s has its rule', async (floor) => {
    const above = floor === 'compare' ? 'run' : 'compare';
    expect(await rulesOf(`labs/${floor}`)).toContain(`src/labs/${floor} may not import src/labs/${above}`);
  });

  it.each(foldersOf('src'))('src/%s has its rule', async (folder) => {
    expect(await rulesOf(folder)).toContain('Only bin/ imports the composition root.');
  });

  it('lead nowhere from the entry of the package but to the library, its errors, and types', async () => {
    const problems = await problemsOf('src/index.ts', `export { up } from './stack/up.js';\n`);
    expect(problems.join('\n')).toContain(
      'src/index.ts gives what src/library and src/errors have, and types.',
    );
    expect(await problemsOf('src/index.ts', `export type { UpResult } from './stack/up.js';\n`)).toEqual([]);
    const inside = await problemsOf(someFileIn('library'), imports('../index.js'));
    expect(inside.join('\n')).toContain('The entry of the package is for its users.');
  });

  it('are no circle inside a folder either', async () => {
    // labels.ts is what stack.ts imports.
    const problems = await problemsOf('src/stack/labels.ts', imports('./stack.js'));
    expect(problems.join('\n')).toContain('Dependency cycle detected');
  });
});
