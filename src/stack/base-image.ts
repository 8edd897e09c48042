import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../clock/clock.js';
import type { Engine } from '../docker/engine.js';
import { HalabError } from '../errors/halab-error.js';
import { type Emit, step } from '../events/events.js';

export const baseImage = 'debian:trixie-slim';

/** What mmdebstrap leaves out, as Debian's own slim images do. */
const excluded = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*'];

/**
 * Makes the base image from Debian's archive. It takes about 20 s and needs root or user namespaces.
 *
 * The archive goes through a file: an engine that is sent the output of a mmdebstrap that fails imports what
 * came until then, even nothing, as an image that looks like any other.
 */
async function bootstrap(engine: Engine): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'halab-base-'));
  try {
    const archive = join(folder, 'base.tar');
    const options = excluded.map((path) => `--dpkgopt=path-exclude=${path}`);
    const { execa } = await import('execa');
    await execa('mmdebstrap', ['--variant=minbase', ...options, 'trixie', '-'], {
      stdout: { file: archive },
    }).catch((error: unknown) => {
      throw bootstrapError(error);
    });
    await engine.importImage(baseImage, createReadStream(archive));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function bootstrapError(error: unknown): HalabError {
  const { code, stderr } = error as { code?: string; stderr?: string };
  return new HalabError(
    'BASE_IMAGE_MISSING',
    code === 'ENOENT'
      ? `No registry gives ${baseImage}, and mmdebstrap, which can make it, is not installed.`
      : `${baseImage} could not be made by mmdebstrap.`,
    {
      hint:
        code === 'ENOENT'
          ? 'On Debian and Ubuntu: apt-get install mmdebstrap. Elsewhere: docker load the image on the engine.'
          : 'Read its last lines, and try again.',
      lines: (stderr ?? '').trim().split('\n').slice(-10),
      cause: error,
    },
  );
}

/**
 * Makes sure that the engine has the base image: pulled where a registry answers, made where none does.
 *
 * @throws BASE_IMAGE_MISSING when neither works
 */
export async function ensureBaseImage(
  engine: Engine,
  { emit, clock }: { emit: Emit; clock: Clock },
): Promise<void> {
  if (await engine.imageExists(baseImage)) return;
  const id = 'base image';
  await step(emit, clock.nowMs, { id, title: `get base image ${baseImage}` }, async () => {
    try {
      await engine.pullImage(baseImage);
    } catch (error) {
      emit({
        type: 'step.progress',
        id,
        message: `no registry (${(error as Error).message}); making it from Debian’s archive`,
      });
      await bootstrap(engine);
    }
  });
}
