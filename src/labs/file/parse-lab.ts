import Type, { type Static } from 'typebox';
import type { ClientGroup, Groups } from '../../measure/load-options.js';
import { type CheckedYaml, checkedYaml, meant, type Path } from '../../yaml/checked-yaml.js';
import { type Claim, NoClaim, parseClaim, windowsOf } from '../figures/assertions.js';
import { ApiSchema, type ApiSettings, settingsOf } from '../language/api-settings.js';
import { NoCondition } from '../language/conditions.js';
import { Duration, msOf } from '../language/words.js';
import type { LabStep } from '../steps/step-kind.js';
import { stepKinds } from './step-kinds.js';

const closed = { additionalProperties: false };

const Group = Type.Object({ clients: Type.Integer({ minimum: 0, maximum: 200 }), every: Duration }, closed);

const LabSchema = Type.Object(
  {
    lab: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
    title: Type.String({ minLength: 1 }),
    about: Type.String({ minLength: 1 }),
    stack: Type.Optional(
      Type.Object(
        {
          replicas: Type.Optional(Type.Integer({ minimum: 1, maximum: 8 })),
          sync: Type.Optional(
            Type.Union([Type.Literal('off'), Type.Literal('on'), Type.Literal('remote_apply')]),
          ),
          pooler: Type.Optional(Type.Boolean()),
        },
        closed,
      ),
    ),
    api: Type.Optional(ApiSchema),
    load: Type.Optional(
      Type.Object(
        {
          /** Through the pooler instead of the proxy itself. */
          throughPooler: Type.Optional(Type.Boolean()),
          /** Readers ask for the products 1 to this. */
          products: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
          registers: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
          proxyWriters: Type.Optional(Group),
          apiWriters: Type.Optional(Group),
          readers: Type.Optional(Group),
          registerWriters: Type.Optional(Group),
          registerReaders: Type.Optional(Group),
          sessions: Type.Optional(Group),
        },
        closed,
      ),
    ),
    steps: Type.Array(Type.Unknown(), { minItems: 1 }),
    assertions: Type.Array(Type.String(), { minItems: 1 }),
    conclusion: Type.String({ minLength: 1 }),
  },
  closed,
);

/** A lab, as its file describes it. */
export interface Lab {
  name: string;
  title: string;
  about: string;
  stack: { replicas: number; sync: 'off' | 'on' | 'remote_apply'; pooler: boolean };
  api: ApiSettings;
  groups: Partial<Groups>;
  registers: number;
  products: number;
  throughPooler: boolean;
  steps: LabStep[];
  claims: Claim[];
  conclusion: string;
  /** The file, word for word. */
  source: string;
}

/** What a text of the file says, or where it is wrong. */
function within<T>({ fail }: CheckedYaml, at: Path, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof NoCondition || error instanceof NoClaim) return fail(at, error.message);
    throw error;
  }
}

function prepareStep(yaml: CheckedYaml, given: unknown, at: Path): LabStep {
  const keys = typeof given === 'object' && given !== null ? Object.keys(given) : [];
  const [name] = keys.filter((key) => key in stepKinds);
  const known = Object.keys(stepKinds);
  if (name === undefined) {
    const [first = ''] = keys;
    return yaml.fail([...at, ...(first === '' ? [] : [first])], `is no step${meant(first, known)}`);
  }
  const kind = stepKinds[name];
  if (kind === undefined) return yaml.fail(at, 'is no step');
  yaml.check(kind.schema, given, at);
  const { ask = null, refused = null } = given as { ask?: string; refused?: string };
  return { ...within(yaml, [...at, name], () => kind.prepare(given)), question: ask, refused };
}

const groupOf = (group: Static<typeof Group> | undefined): ClientGroup =>
  group === undefined
    ? { clients: 0, intervalMs: 1000 }
    : { clients: group.clients, intervalMs: msOf(group.every) };

/**
 * Reads a lab from YAML.
 *
 * @param file named in errors
 * @throws LAB_INVALID with file, line and column, and what may have been meant
 */
export function parseLab(text: string, file: string): Lab {
  const yaml: CheckedYaml = checkedYaml(text, { file, code: 'LAB_INVALID', whole: 'the lab' });
  yaml.check(LabSchema, yaml.value, []);
  const given = yaml.value as Static<typeof LabSchema>;
  const steps = given.steps.map((step, index) => prepareStep(yaml, step, ['steps', index]));
  const opened = ['start', ...steps.flatMap(({ opens }) => opens ?? [])];
  const claims = given.assertions.map((each, index) => {
    const claim = within(yaml, ['assertions', index], () => parseClaim(each));
    const missing = windowsOf(claim).find((name) => !opened.includes(name));
    return missing === undefined
      ? claim
      : yaml.fail(
          ['assertions', index],
          `speaks of the window "${missing}", which no step opens${meant(missing, opened)}`,
        );
  });
  const { load } = given;
  return {
    name: given.lab,
    title: given.title,
    about: given.about.trim(),
    stack: { replicas: 1, sync: 'off', pooler: false, ...given.stack },
    api: settingsOf(given.api ?? {}),
    groups:
      load === undefined
        ? {}
        : {
            proxyWriters: groupOf(load.proxyWriters),
            apiWriters: groupOf(load.apiWriters),
            readers: groupOf(load.readers),
            registerWriters: groupOf(load.registerWriters),
            registerReaders: groupOf(load.registerReaders),
            sessions: groupOf(load.sessions),
          },
    registers: load?.registers ?? 0,
    products: load?.products ?? 1000,
    throughPooler: load?.throughPooler ?? false,
    steps,
    claims,
    conclusion: given.conclusion.trim(),
    source: text,
  };
}
