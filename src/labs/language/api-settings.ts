import Type, { type Static } from 'typebox';
import { Duration, msOf } from './words.js';

/** How the products API answers, in a lab's file. */
export const ApiSchema = Type.Object(
  {
    cache: Type.Optional(
      Type.Union([
        Type.Literal('lease'),
        Type.Literal('single-flight'),
        Type.Literal('naive'),
        Type.Literal('none'),
      ]),
    ),
    /** Keep a lagging replica from putting an old value back into the cache. */
    fence: Type.Optional(Type.Boolean()),
    reads: Type.Optional(Type.Union([Type.Literal('eventual'), Type.Literal('read-your-writes')])),
    writeWait: Type.Optional(Duration),
  },
  { additionalProperties: false },
);

export interface ApiSettings extends Omit<Static<typeof ApiSchema>, 'writeWait'> {
  writeWaitMs?: number;
}

export const settingsOf = ({ writeWait, ...settings }: Static<typeof ApiSchema>): ApiSettings => ({
  ...settings,
  ...(writeWait === undefined ? {} : { writeWaitMs: msOf(writeWait) }),
});
