import { describe, expect, it } from 'vitest';
import { engineError } from '../../../src/docker/engine-errors.js';
import { HalabError } from '../../../src/errors/halab-error.js';

const endpoint = {
  url: 'unix:///var/run/docker.sock',
  foundBy: 'DOCKER_HOST',
  publishAddress: '127.0.0.1',
};

const answer = (statusCode: number, message: string): Error =>
  Object.assign(new Error(message), { statusCode, json: { message } });

describe('what the engine says, in words that say what to do', () => {
  it.each([
    [
      'a port that is in use',
      answer(500, 'driver failed programming: Bind for 127.0.0.1:5432 failed: port is already allocated'),
      'PORT_TAKEN',
      '--port-offset',
    ],
    [
      'no address range left for a network',
      answer(
        404,
        'could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
      ),
      'ENGINE_FAILED',
      'docker network prune',
    ],
    [
      'a container that somebody removed meanwhile',
      answer(404, 'No such container: 0a1b'),
      'STACK_INCOMPLETE',
      'halab ls',
    ],
    [
      'a socket that is not there',
      Object.assign(new Error('connect ENOENT'), { code: 'ENOENT' }),
      'ENGINE_UNREACHABLE',
      'DOCKER_HOST',
    ],
    [
      'a socket that this user may not use',
      Object.assign(new Error('connect EACCES'), { code: 'EACCES' }),
      'ENGINE_UNREACHABLE',
      'group docker',
    ],
  ])('%s', (_what, thrown, code, remedy) => {
    const error = engineError(thrown, endpoint);
    expect(error).toBeInstanceOf(HalabError);
    expect(error).toMatchObject({ code, cause: thrown });
    expect((error as HalabError).hint).toContain(remedy);
  });

  it('keeps the engine’s own words when it knows no better, and leaves other errors alone', () => {
    expect(engineError(answer(500, 'no space left on device'), endpoint)).toMatchObject({
      code: 'ENGINE_FAILED',
      message: 'The engine answered: no space left on device',
    });
    const other = new TypeError('a defect');
    expect(engineError(other, endpoint)).toBe(other);
  });
});
