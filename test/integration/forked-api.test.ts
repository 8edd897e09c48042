import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { forkApi } from '../../src/api/fork-api.js';

// The API starts also when no server answers: nothing listens here.
const servers = {
  writeUrl: 'postgres://app:secret@127.0.0.1:1/shop',
  readUrl: 'postgres://app:secret@127.0.0.1:1/shop',
  redisUrl: 'redis://app:secret@127.0.0.1:1',
};

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
const untilGone = (url: string): Promise<void> =>
  vi.waitFor(async () => {
    expect(await answers(url)).toBe(false);
  }, 10_000);

describe('the API in a process of its own', () => {
  it('answers until its owner has done with it', async () => {
    const api = await forkApi({ ...servers, cache: false });
    expect(await answers(api.url)).toBe(true);
    await api[Symbol.asyncDispose]();
    expect(await answers(api.url)).toBe(false);
  });

  it('ends with its owner, however that ends', async () => {
    const module = fileURLToPath(new URL('../../dist/api/fork-api.js', import.meta.url));
    const program = `import { forkApi } from ${JSON.stringify(module)};
      const { url } = await forkApi(${JSON.stringify(servers)});
      process.stdout.write(url);`;
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', program]);
    const [url] = (await once(owner.stdout, 'data')) as [Buffer];
    expect(await answers(url.toString())).toBe(true);
    owner.kill('SIGKILL');
    await untilGone(url.toString());
  });
});
