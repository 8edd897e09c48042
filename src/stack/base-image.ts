import { execa } from 'execa';
import type { Clock } from '../clock/clock.js';
import type { Engine } from '../docker/engine.js';
import { HalabError } from '../errors/halab-error.js';
import { type Emit, step } from '../events/events.js';

export const baseImage = 'debian:trixie-slim';

/** What mmdebstrap leaves out, as Debian's own slim images do. */
const excluded = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*'];

/** Makes the base image from Debian's archive. It takes about 20 s and needs root or user namespaces. */
async function bootstrap(engine: Engine): Promise<void> {
  const mmdebstrap = execa(
    'mmdebstrap',
    ['--variant=minbase', ...excluded.map((path) => `--dpkgopt=path-exclude=${path}`), 'trixie', '-'],
    { stdout: 'pipe', stderr: 'pipe', buffer: { stdout: false, stderr: true } },
  );
  const [made] = await Promise.allSettled([mmdebstrap, engine.importImage(baseImage, mmdebstrap.stdout)]);
  if (made.status === 'fulfilled') return;
  const { code, stderr } = made.reason as { code?: string; stderr?: string };
  throw new HalabError(
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
      cause: made.reason,
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
