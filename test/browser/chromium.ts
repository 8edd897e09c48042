import { access, constants } from 'node:fs/promises';
import { execa } from 'execa';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The browser that opens the reports. */
    chromium: string;
  }
}

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

async function findChromium(): Promise<string | undefined> {
  const named = process.env['HALAB_CHROMIUM'];
  for (const place of named === undefined ? places : [named]) {
    if (
      await access(place, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return place;
  }
  return undefined;
}

/** Debian's package, with a font that has figures and arrows. Without the right to install anything it fails. */
async function installChromium(): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  const program = isRoot ? 'apt-get' : 'sudo';
  const before = isRoot ? [] : ['-n', 'apt-get'];
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await execa(program, [...before, 'update', '-qq'], { env });
  await execa(
    program,
    [...before, 'install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
    { env },
  );
}

/** Runs once before the tests of this project: there is a browser. Users of halab never need one. */
export default async function setup(project: TestProject): Promise<void> {
  if ((await findChromium()) === undefined) {
    await installChromium().catch((error: unknown) => {
      throw new Error(
        'The tests of the reports need Chromium, and apt-get could not install it. Install it, or name it in HALAB_CHROMIUM.',
        { cause: error },
      );
    });
  }
  const found = await findChromium();
  if (found === undefined)
    throw new Error('HALAB_CHROMIUM names no program, and no Chromium is in the usual places.');
  project.provide('chromium', found);
}
