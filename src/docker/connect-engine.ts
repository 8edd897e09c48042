import { type Connection, connect } from './connection.js';
import { containerCalls } from './containers.js';
import { watchDeaths } from './death-watch.js';
import type { Engine } from './engine.js';
import { execCalls } from './exec.js';
import { fileCalls } from './files.js';
import { imageCalls } from './images.js';
import { networkAndVolumeCalls } from './networks-and-volumes.js';

async function describe({ docker, call }: Connection): ReturnType<Engine['describe']> {
  const [version, info] = await call(
    Promise.all([
      docker.version(),
      docker.info() as Promise<{
        NCPU: number;
        MemTotal: number;
        OperatingSystem: string;
        DockerRootDir: string;
      }>,
    ]),
  );
  return {
    version: version.Version,
    apiVersion: version.ApiVersion,
    operatingSystem: info.OperatingSystem,
    kernelVersion: version.KernelVersion,
    cpus: info.NCPU,
    memoryBytes: info.MemTotal,
    dataRoot: info.DockerRootDir,
  };
}

/**
 * The engine that DOCKER_HOST, the docker context or the usual sockets name.
 *
 * @throws ENGINE_UNREACHABLE when none answers
 */
export async function connectEngine(env: NodeJS.ProcessEnv): Promise<Engine> {
  const connection = await connect(env);
  return {
    endpoint: connection.endpoint,
    describe: () => describe(connection),
    watchDeaths: (labels) => watchDeaths(connection, labels),
    ...imageCalls(connection),
    ...networkAndVolumeCalls(connection),
    ...containerCalls(connection),
    ...execCalls(connection),
    ...fileCalls(connection),
  };
}
