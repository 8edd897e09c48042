import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/**
 * The house, lowest floor first. A folder may import from the floors below it and from itself, never from
 * its own floor's neighbours or from above. `api` and `measure` know no stack.
 */
const mayImport = {
  errors: [],
  yaml: ['errors'],
  clock: [],
  events: [],
  history: ['errors', 'clock', 'events'],
  processes: [],
  api: ['processes'],
  docker: ['errors', 'clock', 'events'],
  nodes: ['errors', 'clock', 'events', 'docker'],
  stack: ['errors', 'yaml', 'clock', 'events', 'history', 'docker', 'nodes'],
  faults: ['errors', 'clock', 'events', 'history', 'docker', 'nodes', 'stack', 'failover'],
  failover: ['errors', 'clock', 'events', 'history', 'docker', 'nodes', 'stack'],
  repair: ['errors', 'clock', 'events', 'history', 'docker', 'nodes', 'stack', 'faults', 'failover'],
  measure: ['errors', 'clock', 'events', 'processes'],
  serve: ['errors', 'clock', 'events', 'docker', 'nodes', 'stack', 'api'],
  bench: ['errors', 'clock', 'events', 'docker', 'nodes', 'stack', 'measure', 'api'],
  labs: [
    'errors',
    'yaml',
    'clock',
    'events',
    'history',
    'docker',
    'nodes',
    'stack',
    'faults',
    'failover',
    'repair',
    'measure',
    'api',
  ],
  ui: ['errors', 'clock', 'events', 'history'],
  library: [
    'errors',
    'clock',
    'events',
    'history',
    'docker',
    'nodes',
    'stack',
    'faults',
    'failover',
    'repair',
    'serve',
    'api',
  ],
  commands: [
    'errors',
    'clock',
    'events',
    'history',
    'docker',
    'nodes',
    'stack',
    'faults',
    'failover',
    'measure',
    'bench',
    'labs',
    'serve',
    'ui',
    'api',
  ],
};

const folders = Object.keys(mayImport);

/** The floors within src/labs, by the same rule. */
const labsMayImport = {
  language: [],
  context: ['language'],
  steps: ['language', 'context'],
  figures: [],
  file: ['language', 'steps', 'figures'],
  run: ['context', 'steps', 'figures', 'file'],
  compare: ['figures'],
};

/** Packages that only one folder may import, so that their types do not spread. */
const vendorOwners = {
  dockerode: 'docker',
  'tar-stream': 'docker',
  chalk: 'ui',
  ora: 'ui',
  'cli-table3': 'ui',
  fastify: 'api',
  '@fastify': 'api',
  'prom-client': 'api',
  'hdr-histogram-js': 'measure',
  undici: 'bench',
};

/** The arrows of a folder of `src`, and of a floor within it. */
function arrowsOf(folder, floor, floors = {}) {
  const forbidden = folders.filter((other) => other !== folder && !mayImport[folder].includes(other));
  const above = Object.keys(floors).filter((other) => other !== floor && !floors[floor].includes(other));
  const vendors = Object.entries(vendorOwners)
    .filter(([, owner]) => owner !== folder)
    .map(([vendor]) => vendor);
  return {
    files: [floor === undefined ? `src/${folder}/**/*.ts` : `src/${folder}/${floor}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            ...forbidden.map((other) => ({
              regex: `^(\\.\\./)+${other}/`,
              message: `src/${folder} may not import src/${other}: arrows point downward (docs/architecture.md).`,
              // A renderer may know the shape of a result, not the operation that makes it.
              allowTypeImports: folder === 'ui',
            })),
            ...above.map((other) => ({
              regex: `^\\.\\./${other}/`,
              message: `src/${folder}/${floor} may not import src/${folder}/${other}: arrows point downward (docs/architecture.md).`,
            })),
            { regex: '^(\\.\\./)+cli(\\.js)?$', message: 'Only bin/ imports the composition root.' },
            { regex: '^(\\.\\./)+index(\\.js)?$', message: 'The entry of the package is for its users.' },
            ...vendors.map((vendor) => ({
              regex: `^${vendor}(/|$)`,
              message: `Only src/${vendorOwners[vendor]} imports ${vendor}.`,
            })),
          ],
        },
      ],
    },
  };
}
// A later entry replaces an earlier one for the files of both.
const arrows = [
  ...folders.map((folder) => arrowsOf(folder)),
  ...Object.keys(labsMayImport).map((floor) => arrowsOf('labs', floor, labsMayImport)),
];

/** What users of the package import: the library, its errors, and the types of what it returns. */
const packageEntry = {
  files: ['src/index.ts'],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: '^\\./(?!library/|errors/)',
            message: 'src/index.ts gives what src/library and src/errors have, and types.',
            allowTypeImports: true,
          },
        ],
      },
    ],
  },
};

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'perf/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/extensions': ['.ts'],
      // Sources import each other as the .js files that they become.
      'import-x/resolver-next': [createNodeResolver({ extensionAlias: { '.js': ['.ts', '.js'] } })],
    },
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // A lock that is held by `using` is used by being held, and a property that is taken out of a copy by being left out.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { ignoreUsingDeclarations: true, ignoreRestSiblings: true },
      ],
      'no-console': 'error',
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
    },
  },
  ...arrows,
  packageEntry,
);
