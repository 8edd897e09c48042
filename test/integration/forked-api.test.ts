import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** A process with an API of its own, as the leader of a group, as in a terminal; it takes no notice of Ctrl-C. */
function spawnOwner() {
  const module = fileURLToPath(new URL('../../dist/api/fork-api.js', import.meta.url));
  const program = `import { forkApi } from ${JSON.stringify(module)};
    process.on('SIGINT', () => undefined);
    const starting = forkApi(${JSON.stringify(servers)});
    process.stderr.write('starting');
    process.stdout.write((await starting).url);`;
  return spawn(process.execPath, ['--input-type=module', '--eval', program], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
/** Ctrl-C. */
function interrupt({ pid }: ReturnType<typeof spawnOwner>): void {
  if (pid === undefined) throw new Error('The owner did not start.');
  process.kill(-pid, 'SIGINT');
}
async function urlOf(owner: ReturnType<typeof spawnOwner>): Promise<string> {
  const [url] = (await once(owner.stdout, 'data')) as [Buffer];
  return url.toString();
}

describe('the API in a process of its own', () => {
  it('answers until its owner has done with it', async () => {
    const api = await forkApi({ ...servers, cache: false });
    expect(await answers(api.url)).toBe(true);
    await api[Symbol.asyncDispose]();
    expect(await answers(api.url)).toBe(false);
  });

  it('ends with its owner, however that ends', async () => {
    const owner = spawnOwner();
    const url = await urlOf(owner);
    expect(await answers(url)).toBe(true);
    owner.kill('SIGKILL');
    await untilGone(url);
  });

  it('starts and goes on when Ctrl-C reaches the group of its owner, who may still need it', async () => {
    const owner = spawnOwner();
    await once(owner.stderr, 'data');
    // While it starts, at whatever it is doing.
    for (let sent = 0; sent < 4; sent += 1) {
      interrupt(owner);
      await sleep(50);
    }
    const url = await urlOf(owner);
    interrupt(owner);
    expect(await answers(url)).toBe(true);
    owner.kill('SIGKILL');
    await untilGone(url);
  });
});
