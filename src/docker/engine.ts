/**
 * What halab asks of a Docker Engine. The implementation beside it is the only code that knows dockerode; tests
 * of pure parts use a fake of this interface.
 */

export interface EngineEndpoint {
  /** As DOCKER_HOST writes it: `unix:///var/run/docker.sock`, `tcp://10.0.0.5:2376`. */
  url: string;
  /** How it was found, in words a user understands. */
  foundBy: string;
  /** Where the ports it publishes can be reached from here, and are bound. */
  publishAddress: string;
}

export interface EngineDescription {
  version: string;
  apiVersion: string;
  operatingSystem: string;
  kernelVersion: string;
  cpus: number;
  memoryBytes: number;
  /** Where it keeps images and volumes, as a path on its own machine. */
  dataRoot: string;
}

/** A file on its way into a container. */
export interface FileEntry {
  /** Absolute path inside the container. Its folder must exist. */
  path: string;
  text: string;
  mode: number;
  uid: number;
  gid: number;
}

export type Labels = Readonly<Record<string, string>>;

interface PublishedPort {
  container: number;
  host: number;
  address: string;
}

export interface VolumeSpec {
  name: string;
  /** Where it is mounted. */
  path: string;
  labels: Labels;
  /** It is in memory then, and lasts as long as a container that uses it. */
  limitBytes?: number;
}

export interface ContainerSpec {
  name: string;
  hostname: string;
  image: string;
  labels: Labels;
  networkId: string;
  /** Names under which the other containers of the network find this one. */
  aliases: readonly string[];
  ports: readonly PublishedPort[];
  volume?: VolumeSpec;
  /** Size of /dev/shm, which parallel queries of PostgreSQL use. */
  sharedMemoryBytes?: number;
}

/** A container beside another: in its network, which it may change, or on its volume. */
interface SidecarSpec {
  name: string;
  image: string;
  labels: Labels;
  /** The container whose network it shares, or the volume. */
  beside: { networkOf: string } | { volume: VolumeSpec };
  /** Arguments of sh. */
  command: readonly string[];
}

export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

export interface ContainerSummary {
  id: string;
  name: string;
  image: string;
  labels: Labels;
  state: ContainerState;
  ports: readonly PublishedPort[];
}

export interface NetworkSummary {
  id: string;
  name: string;
  labels: Labels;
}

export interface VolumeSummary {
  name: string;
  labels: Labels;
}

export interface ExecResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface ExecOptions {
  /** Variables of the program's environment: the place for a password, which must not be an argument. */
  env?: Readonly<Record<string, string>>;
  /** Breaks the connection to an interactive program, which its own input's end then tells. */
  signal?: AbortSignal;
}

export interface ExecPlan extends ExecOptions {
  /** Shell script that runs at once; the program waits only when it succeeds. */
  preparation?: string;
  /** What runs when the word is given. */
  command: readonly string[];
}

/**
 * A program that waits in a container for the word to run. Starting one takes the engine 50 ms or more; the word
 * takes none of that. Given back unused, or left by a process that died, it ends without having run.
 */
export interface PreparedExec extends Disposable {
  /** The result of the preparation. With exit code 0 the program waits. */
  readonly ready: () => Promise<ExecResult>;
  /** May be called once, also before the program is ready. An argument is the program's last. */
  readonly run: (argument?: string) => Promise<ExecResult>;
}

/**
 * Hears of the end of containers. All processes of one have ended when the engine says so here; to `stopContainer`
 * it answers 0.1 to 0.3 s later, when it has taken down mounts and cgroups too.
 */
export interface DeathWatch extends Disposable {
  /** Resolves once the container has ended since the watch began; never, when the engine was not heard. One at a time. */
  readonly died: (id: string) => Promise<void>;
}

export interface Terminal {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

interface ImageBuild {
  tag: string;
  labels: Labels;
  /** Path of the Dockerfile inside the context. */
  dockerfile: string;
  context: readonly { path: string; text: string }[];
}

export interface Engine {
  readonly endpoint: EngineEndpoint;
  readonly describe: () => Promise<EngineDescription>;

  readonly imageExists: (reference: string) => Promise<boolean>;
  /** @throws IMAGE_BUILD_FAILED with the last lines of the build */
  readonly buildImage: (build: ImageBuild, onLine: (line: string) => void) => Promise<void>;
  /** @throws ENGINE_FAILED when no registry gives the image */
  readonly pullImage: (reference: string) => Promise<void>;
  /** Makes an image out of a tar archive of a root file system. */
  readonly importImage: (reference: string, archive: NodeJS.ReadableStream) => Promise<void>;
  readonly listImages: (labels: Labels) => Promise<{ id: string; tags: readonly string[] }[]>;
  readonly removeImage: (id: string) => Promise<void>;

  /** @throws STACK_EXISTS when the engine has a network of that name */
  readonly createNetwork: (name: string, labels: Labels) => Promise<string>;
  readonly listNetworks: (labels: Labels) => Promise<NetworkSummary[]>;
  readonly removeNetwork: (id: string) => Promise<void>;

  readonly listVolumes: (labels: Labels) => Promise<VolumeSummary[]>;
  readonly removeVolume: (name: string) => Promise<void>;

  /** @throws STACK_EXISTS when the engine has a container of that name */
  readonly createContainer: (spec: ContainerSpec) => Promise<string>;
  readonly createSidecar: (spec: SidecarSpec) => Promise<string>;
  /** All containers with these labels, in whatever state. */
  readonly listContainers: (labels: Labels) => Promise<ContainerSummary[]>;
  /** @throws PORT_TAKEN when a port it publishes is in use */
  readonly startContainer: (id: string) => Promise<void>;
  /** Sends the image's stop signal; SIGKILL after the grace. Returns when the container has ended. */
  readonly stopContainer: (id: string, graceS: number) => Promise<void>;
  /** With SIGKILL, returns when the container has ended; with another signal, when it was sent. */
  readonly signalContainer: (id: string, signal: string) => Promise<void>;
  /** Freezes every process of it: it holds its connections and answers nobody. */
  readonly pauseContainer: (id: string) => Promise<void>;
  /** One that is not frozen, but runs, is left as it is. */
  readonly unpauseContainer: (id: string) => Promise<void>;
  readonly watchDeaths: (labels: Labels) => DeathWatch;
  readonly containerState: (id: string) => Promise<ContainerState>;
  /** Removes it, running or not, with its anonymous volumes. */
  readonly removeContainer: (id: string) => Promise<void>;

  readonly putFiles: (id: string, files: readonly FileEntry[]) => Promise<void>;
  /** The file's text; undefined when there is none. Works on a stopped container too. */
  readonly readFile: (id: string, path: string) => Promise<string | undefined>;
  readonly fileExists: (id: string, path: string) => Promise<boolean>;
  /** The size of a file, whether the container runs or not; undefined when there is none. */
  readonly fileBytes: (id: string, path: string) => Promise<number | undefined>;

  readonly exec: (id: string, command: readonly string[], options?: ExecOptions) => Promise<ExecResult>;
  /** The container needs a POSIX shell. */
  readonly prepareExec: (id: string, plan: ExecPlan) => PreparedExec;
  /** Connects the program to the terminal (or to pipes) and returns its exit code. */
  execInteractive(
    id: string,
    command: readonly string[],
    terminal: Terminal,
    options?: ExecOptions,
  ): Promise<number>;

  /** The last lines, oldest first. */
  readonly tailLogs: (id: string, lines: number) => Promise<string[]>;
  /** Calls back for each line, from the last `lines` on, until the container ends or the signal comes. */
  readonly followLogs: (
    id: string,
    lines: number,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ) => Promise<void>;
}
