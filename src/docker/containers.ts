import type Docker from 'dockerode';
import { systemClock } from '../clock/clock.js';
import { waitUntil } from '../clock/wait-until.js';
import { HalabError } from '../errors/halab-error.js';
import type { Connection } from './connection.js';
import type { ContainerSpec, ContainerState, ContainerSummary, Engine, VolumeSpec } from './engine.js';
import { statusOf } from './engine-errors.js';
import { labelFilter } from './label-filter.js';
import { decodeLogs, splitLines } from './logs.js';

const removalTimeoutMs = 30_000;

type ContainerCalls = Pick<
  Engine,
  | 'createContainer'
  | 'createSidecar'
  | 'listContainers'
  | 'startContainer'
  | 'stopContainer'
  | 'signalContainer'
  | 'pauseContainer'
  | 'unpauseContainer'
  | 'containerState'
  | 'removeContainer'
  | 'tailLogs'
  | 'followLogs'
>;

const mount = ({ name, path, labels, limitBytes }: VolumeSpec): Docker.MountSettings => ({
  Type: 'volume',
  Source: name,
  Target: path,
  VolumeOptions: {
    NoCopy: false,
    Labels: { ...labels },
    DriverConfig: {
      Name: 'local',
      Options:
        limitBytes === undefined
          ? {}
          : { type: 'tmpfs', device: 'tmpfs', o: `size=${limitBytes},uid=999,gid=999,mode=0700` },
    },
  },
});

function createOptions(spec: ContainerSpec): Docker.ContainerCreateOptions {
  return {
    name: spec.name,
    Hostname: spec.hostname,
    Image: spec.image,
    Labels: { ...spec.labels },
    ExposedPorts: Object.fromEntries(spec.ports.map(({ container }) => [`${container}/tcp`, {}])),
    HostConfig: {
      NetworkMode: spec.networkId,
      PortBindings: Object.fromEntries(
        spec.ports.map(({ container, host, address }) => [
          `${container}/tcp`,
          [{ HostIp: address, HostPort: String(host) }],
        ]),
      ),
      // What dies stays dead until somebody starts it: an engine that restarts a failed primary by itself would
      // hide the failure, and could bring back a primary that has been replaced.
      RestartPolicy: { Name: 'no' },
      SecurityOpt: ['no-new-privileges'],
      CapDrop: ['ALL'],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '2' } },
      // A name without a dot is a node's, and the engine alone answers for it: with these two it never asks the DNS
      // outside for a node that is dead. A replica asks ten times a second, a promotion waits for the question that is
      // on its way, and 8 of 600 took 5 s here (moby, libnetwork/resolver.go: "ndots > 0 ... don't forward it out").
      DnsOptions: ['ndots:1'],
      DnsSearch: ['.'],
      ...(spec.sharedMemoryBytes === undefined ? {} : { ShmSize: spec.sharedMemoryBytes }),
      ...(spec.volume === undefined ? {} : { Mounts: [mount(spec.volume)] }),
    },
    NetworkingConfig: { EndpointsConfig: { [spec.networkId]: { Aliases: [...spec.aliases] } } },
  };
}

const summary = ({ Id, Names, Image, Labels, State, Ports }: Docker.ContainerInfo): ContainerSummary => ({
  id: Id,
  name: Names[0]?.replace(/^\//, '') ?? Id,
  image: Image,
  labels: Labels,
  state: State as ContainerState,
  ports: Ports.filter(({ PublicPort }) => (PublicPort as number | undefined) !== undefined).map(
    ({ PrivatePort, PublicPort, IP }) => ({ container: PrivatePort, host: PublicPort, address: IP }),
  ),
});

/** The engine answers 304 when a container is already in the state that was asked for. */
async function unlessAlready(change: Promise<unknown>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if (statusOf(error) !== 304) throw error;
  }
}

export const containerCalls = ({ docker, call }: Connection): ContainerCalls => ({
  createContainer: async (spec) => {
    try {
      return (await docker.createContainer(createOptions(spec))).id;
    } catch (error) {
      if (statusOf(error) !== 409) return await call(Promise.reject(error as Error));
      throw new HalabError('STACK_EXISTS', `The engine already has a container named ${spec.name}.`, {
        hint: `Choose another stack name with --stack, or remove the container: docker rm -f ${spec.name}.`,
        cause: error,
      });
    }
  },
  createSidecar: async ({ name, image, labels, beside, command }) => {
    const options: Docker.ContainerCreateOptions = {
      name,
      Image: image,
      Labels: { ...labels },
      Entrypoint: ['tini', '--'],
      Cmd: ['sh', ...command],
      User: '0',
      Healthcheck: { Test: ['NONE'] },
      StopSignal: 'SIGTERM',
      HostConfig: {
        CapDrop: ['ALL'],
        ...('volume' in beside
          ? { NetworkMode: 'none', Mounts: [mount(beside.volume)] }
          : { NetworkMode: `container:${beside.networkOf}`, CapAdd: ['NET_ADMIN'] }),
        SecurityOpt: ['no-new-privileges'],
        RestartPolicy: { Name: 'no' },
      },
    };
    return (await call(docker.createContainer(options))).id;
  },
  listContainers: async (labels) =>
    (await call(docker.listContainers({ all: true, filters: labelFilter(labels) }))).map(summary),
  startContainer: (id) => call(unlessAlready(docker.getContainer(id).start())),
  stopContainer: (id, graceS) => call(unlessAlready(docker.getContainer(id).stop({ t: graceS }))),
  signalContainer: async (id, signal) => {
    await call(docker.getContainer(id).kill({ signal }) as Promise<unknown>);
  },
  pauseContainer: (id) => call(docker.getContainer(id).pause() as Promise<void>),
  unpauseContainer: async (id) => {
    try {
      await docker.getContainer(id).unpause();
    } catch (error) {
      // The engine has no status of its own for a container that is not paused.
      const { State } = await call(docker.getContainer(id).inspect());
      if (State.Status !== 'running') await call(Promise.reject(error as Error));
    }
  },
  containerState: async (id) =>
    (await call(docker.getContainer(id).inspect())).State.Status as ContainerState,
  removeContainer: async (id) => {
    // 409: somebody else is removing it. It is gone only when the engine no longer knows it.
    await call(
      waitUntil(
        async () => {
          try {
            await docker.getContainer(id).remove({ force: true, v: true });
          } catch (error) {
            if (statusOf(error) === 409) return undefined;
            if (statusOf(error) !== 404) throw error;
          }
          return true;
        },
        {
          clock: systemClock,
          timeoutMs: removalTimeoutMs,
          intervalMs: 50,
          isFinal: () => true,
          onTimeout: () =>
            new HalabError('ENGINE_FAILED', `The engine did not remove the container ${id} in time.`),
        },
      ),
    );
  },

  tailLogs: async (id, lines) => {
    const output = await call(
      docker.getContainer(id).logs({ stdout: true, stderr: true, tail: lines, follow: false }),
    );
    return decodeLogs(output)
      .split('\n')
      .filter((line) => line !== '')
      .slice(-lines);
  },
  followLogs: async (id, lines, onLine, signal) => {
    const stream = await call(
      docker
        .getContainer(id)
        .logs({ stdout: true, stderr: true, tail: lines, follow: true, abortSignal: signal }),
    );
    const output = splitLines(onLine);
    docker.modem.demuxStream(stream, output, output);
    await new Promise<void>((resolve) => {
      stream
        .once('end', resolve)
        .once('close', resolve)
        .once('error', () => {
          resolve(); // The signal closes the stream: that is how following ends.
        });
    });
    output.end();
  },
});
