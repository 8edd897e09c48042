import { createHash } from 'node:crypto';
import type { Clock } from '../clock/clock.js';
import type { Engine } from '../docker/engine.js';
import type { Emit } from '../events/events.js';
import { step } from '../events/events.js';
import { kinds } from '../nodes/kinds.js';
import type { KindName, NodeKind } from '../nodes/node-kind.js';
import { listStackFiles, readProgram, readStackFile } from '../nodes/stack-files.js';
import { baseImage, ensureBaseImage } from './base-image.js';
import { label } from './labels.js';

const contextOf = ({ image: { copies, program } }: NodeKind): { path: string; text: string }[] => [
  ...copies.flatMap(listStackFiles).map((path) => ({ path, text: readStackFile(path) })),
  ...(program === undefined ? [] : [{ path: program, text: readProgram(program) }]),
];

/** The kinds that every stack may have; the images of the others are built when a stack asks for one. */
export const usualKinds = (Object.keys(kinds) as KindName[]).filter((kind) => !kinds[kind].image.onDemand);

/** The image of a kind. Its tag is a hash of what it is built from: nothing is built again without cause. */
export function imageTag(kind: KindName): string {
  const hash = createHash('sha256').update(baseImage);
  for (const { path, text } of contextOf(kinds[kind])) hash.update(`\0${path}\0${text}`);
  return `halab/${kind}:${hash.digest('hex').slice(0, 12)}`;
}

export interface ImageState {
  kind: KindName;
  tag: string;
  built: boolean;
}

/**
 * Builds the images that are missing, side by side, and the base image before them.
 *
 * @throws BASE_IMAGE_MISSING, IMAGE_BUILD_FAILED
 */
export async function ensureImages(
  engine: Engine,
  { emit, clock }: { emit: Emit; clock: Clock },
  wanted: readonly KindName[] = usualKinds,
): Promise<ImageState[]> {
  const states = await Promise.all(
    wanted.map(async (kind) => {
      const tag = imageTag(kind);
      return { kind, tag, built: !(await engine.imageExists(tag)) };
    }),
  );
  const missing = states.filter((state) => state.built);
  if (missing.length === 0) return states;
  await ensureBaseImage(engine, { emit, clock });
  await Promise.all(
    missing.map(({ kind, tag }) => {
      const id = `image ${kind}`;
      return step(emit, clock.nowMs, { id, title: `build image ${tag}`, node: kind }, () =>
        engine.buildImage(
          {
            tag,
            labels: { [label.image]: kind },
            dockerfile: kinds[kind].image.dockerfile,
            context: contextOf(kinds[kind]),
          },
          (line) => {
            emit({ type: 'step.progress', id, message: line });
          },
        ),
      );
    }),
  );
  return states;
}

/** Removes every image that halab built. The base image is left: other software may use it. */
export async function removeImages(engine: Engine): Promise<string[]> {
  const images = await engine.listImages({ [label.image]: '' });
  for (const { id } of images) await engine.removeImage(id);
  return images.flatMap(({ tags }) => tags);
}
