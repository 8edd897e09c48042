import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { candidateEndpoints, withPublishAddress } from '../../../src/docker/endpoint.js';

describe('where the engine is looked for', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'halab-endpoint-'));
  });
  afterEach(() => {
    rmSync(home, { recursive: true });
  });

  const useContext = (name: string, url: string): void => {
    const id = createHash('sha256').update(name).digest('hex');
    mkdirSync(join(home, '.docker/contexts/meta', id), { recursive: true });
    writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ currentContext: name }));
    writeFileSync(
      join(home, '.docker/contexts/meta', id, 'meta.json'),
      JSON.stringify({ Endpoints: { docker: { Host: url } } }),
    );
  };

  it('DOCKER_HOST is the only answer when it is set', () => {
    useContext('lab', 'unix:///context.sock');
    const env = { HOME: home, DOCKER_HOST: 'unix:///mine.sock' };
    expect(candidateEndpoints(env)).toEqual([
      { url: 'unix:///mine.sock', foundBy: 'DOCKER_HOST', publishAddress: '127.0.0.1' },
    ]);
  });

  it('then the current docker context', () => {
    useContext('lab', 'unix:///context.sock');
    expect(candidateEndpoints({ HOME: home })).toMatchObject([
      { url: 'unix:///context.sock', foundBy: 'the docker context "lab"' },
    ]);
  });

  it('then the sockets that exist, among them that of a rootless engine', () => {
    writeFileSync(join(home, 'docker.sock'), '');
    const urls = candidateEndpoints({ HOME: home, XDG_RUNTIME_DIR: home }).map(({ url }) => url);
    expect(urls).toContain(`unix://${join(home, 'docker.sock')}`);
  });

  it('a remote engine publishes its ports on its own address', () => {
    const [endpoint] = candidateEndpoints({ DOCKER_HOST: 'tcp://10.0.0.5:2376' });
    expect(endpoint?.publishAddress).toBe('10.0.0.5');
  });

  it('one that is known by a name, as the service of a CI job is, publishes them on the address of that name', async () => {
    const endpoint = { url: 'tcp://docker:2375', foundBy: 'DOCKER_HOST', publishAddress: 'docker' };
    const known = await withPublishAddress(endpoint, (name) =>
      Promise.resolve(name === 'docker' ? '172.17.0.3' : 'another'),
    );
    expect(known).toEqual({ ...endpoint, publishAddress: '172.17.0.3' });
    const failing = (): Promise<string> => Promise.reject(new Error('ENOTFOUND'));
    expect(await withPublishAddress(endpoint, failing)).toEqual(endpoint);
    const local = { url: 'unix:///engine.sock', foundBy: 'the usual socket', publishAddress: '127.0.0.1' };
    expect(await withPublishAddress(local, failing)).toEqual(local);
  });
});
