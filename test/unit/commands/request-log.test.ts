import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openRequestLog } from '../../../src/commands/request-log.js';

let folder: string;
const stderr = { write: vi.fn() };
const onFailure = vi.fn();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halab-log-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

it('appends to its file, which is complete when it is closed', async () => {
  const file = join(folder, 'requests.ndjson');
  for (const text of ['one\n', 'two\n']) {
    const log = await openRequestLog(file, stderr, onFailure);
    log.write(text);
    await log.close();
    log.write('after the end\n');
  }
  expect(await readFile(file, 'utf8')).toBe('one\ntwo\n');
  expect(onFailure).not.toHaveBeenCalled();
});

it('says which file it cannot open', async () => {
  const opening = openRequestLog(join(folder, 'nowhere', 'requests.ndjson'), stderr, onFailure);
  await expect(opening).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('nowhere') as string,
  });
});

it('tells once that a file can no longer be written, and goes on without it', async () => {
  const log = await openRequestLog('/dev/full', stderr, onFailure);
  log.write('lost\n');
  await vi.waitFor(() => {
    expect(onFailure).toHaveBeenCalledOnce();
  });
  log.write('lost as well\n');
  await log.close();
  expect(onFailure).toHaveBeenCalledOnce();
});

it('writes to standard error when the file is -', async () => {
  const log = await openRequestLog('-', stderr, onFailure);
  log.write('here\n');
  await log.close();
  expect(stderr.write).toHaveBeenCalledWith('here\n');
});
