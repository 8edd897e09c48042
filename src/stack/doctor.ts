import { statfs } from 'node:fs/promises';
import { freemem, release } from 'node:os';
import type { Engine, EngineDescription } from '../docker/engine.js';
import { HalabError } from '../errors/halab-error.js';
import { defaultStack, typed } from '../errors/typed.js';
import { baseImage } from './base-image.js';
import { imageTag, usualKinds } from './images.js';
import { hasFeature, ipvs, type KernelFeature, netem, readKernelSources } from './kernel-features.js';
import { isRemnant, listStacks, type StackSummary } from './list.js';
import { isFree, isLocal, portOwner } from './ports.js';
import { loadTopology } from './topology.js';

/** One thing that was looked at. `unknown`: it cannot be told from here. */
export interface Check {
  name: string;
  status: 'ok' | 'warning' | 'broken' | 'unknown';
  message: string;
  /** How to mend it; null when there is nothing to mend. */
  hint: string | null;
}

export interface Diagnosis {
  /** Whether a stack can be started: no check is broken. */
  usable: boolean;
  checks: Check[];
}

/** A stack idles at about 150 MB; under load, and while images are built, it takes more. */
const wantedMemoryBytes = 512 * 1024 ** 2;
/** The images take 0.5 GB, the build cache as much again, and a lab writes WAL. */
const wantedDiskBytes = 2 * 1024 ** 3;
/** Docker 20.10, the oldest engine that halab was tried with. */
const wantedApiVersion = 1.41;
const gigabytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GB`;

const ok = (name: string, message: string): Check => ({ name, status: 'ok', message, hint: null });
const warning = (name: string, message: string, hint: string): Check => ({
  name,
  status: 'warning',
  message,
  hint,
});
const broken = (name: string, message: string, hint: string): Check => ({
  name,
  status: 'broken',
  message,
  hint,
});
const unknown = (name: string, message: string): Check => ({ name, status: 'unknown', message, hint: null });

function checkNode(): Check {
  const { node } = process.versions;
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const recent = major > 20 || (major === 20 && minor >= 19);
  return recent
    ? ok('node', `Node.js ${node}`)
    : warning('node', `Node.js ${node} is older than 20.19.`, 'Install Node.js 20.19 or later.');
}

function checkEngine({ endpoint }: Engine, { version, apiVersion }: EngineDescription): Check[] {
  const engine = ok('engine', `Docker Engine ${version} at ${endpoint.url}, found by ${endpoint.foundBy}`);
  return [
    engine,
    Number(apiVersion) >= wantedApiVersion
      ? ok('engine API', `version ${apiVersion}`)
      : warning(
          'engine API',
          `Version ${apiVersion} is older than ${wantedApiVersion}, the oldest that was tried.`,
          'Update the engine to Docker 20.10 or later.',
        ),
  ];
}

async function checkImages(engine: Engine): Promise<Check[]> {
  const [base, ...built] = await Promise.all([
    engine.imageExists(baseImage),
    ...usualKinds.map((kind) => engine.imageExists(imageTag(kind))),
  ]);
  const missing = usualKinds.filter((_, index) => built[index] !== true);
  const images =
    missing.length === 0
      ? ok('images', `built: ${usualKinds.join(', ')}`)
      : warning('images', `Not built yet: ${missing.join(', ')}. The next up builds them.`, 'halab images');
  if (base) return [ok('base image', baseImage), images];
  return [
    missing.length === 0
      ? ok('base image', `${baseImage} is not there; nothing needs it, as every image is built`)
      : broken('base image', `${baseImage} is not there, and images must be built from it.`, 'halab images'),
    images,
  ];
}

async function checkPorts(engine: Engine, stacks: readonly StackSummary[]): Promise<Check> {
  const name = 'ports';
  if (!isLocal(engine)) return unknown(name, 'the ports of a remote engine cannot be tried from here');
  const { nodes, api } = await loadTopology('classic');
  const ports = [
    ...Object.values(nodes).flatMap((node) =>
      node.kind === 'haproxy' && node.readPort !== undefined ? [node.port, node.readPort] : [node.port],
    ),
    api.port,
  ];
  const own = stacks.find((stack) => stack.name === defaultStack);
  const ofOwn = [...Object.values(own?.ports ?? {}), ...(own?.readPort == null ? [] : [own.readPort])];
  const taken = await Promise.all(
    ports.map(async (port) => {
      if (ofOwn.includes(port) || (await isFree(port, engine.endpoint.publishAddress))) return [];
      return [`${port} (${(await portOwner(engine, port)) ?? 'by what, cannot be told'})`];
    }),
  );
  const list = taken.flat();
  if (list.length > 0) {
    return warning(name, `Default ports in use: ${list.join(', ')}.`, 'halab up --ports auto');
  }
  return ok(
    name,
    own === undefined || ofOwn.length === 0
      ? `free: ${ports.join(', ')}`
      : `free, or used by the stack ${defaultStack}: ${ports.join(', ')}`,
  );
}

function checkMemory(engine: Engine, { cpus, memoryBytes }: EngineDescription): Check {
  const name = 'memory';
  const has = `${gigabytes(memoryBytes)}, ${cpus} CPUs`;
  // Docker Desktop's machine has a memory of its own, so only a shared kernel tells what is free there.
  const free = sharesKernel(engine) ? freemem() : memoryBytes;
  if (free < wantedMemoryBytes) {
    return warning(
      name,
      `${gigabytes(free)} of ${has} are free.`,
      'Free some: a stack wants 0.5 GB while its images are built.',
    );
  }
  return ok(name, free === memoryBytes ? has : `${gigabytes(free)} free of ${has}`);
}

async function checkDisk(engine: Engine, { dataRoot }: EngineDescription): Promise<Check> {
  const name = 'disk';
  if (!sharesKernel(engine)) return unknown(name, 'the disk of the engine cannot be seen from here');
  try {
    const { bavail, bsize } = await statfs(dataRoot);
    const free = bavail * bsize;
    if (free >= wantedDiskBytes) return ok(name, `${gigabytes(free)} free at ${dataRoot}`);
    return warning(
      name,
      `Only ${gigabytes(free)} are free at ${dataRoot}.`,
      'Free some: docker image prune removes images that no tag names.',
    );
  } catch {
    return unknown(name, `${dataRoot}, the engine's data root, cannot be seen from here`);
  }
}

const sharesKernel = ({ endpoint }: Engine): boolean =>
  process.platform === 'linux' && endpoint.url.startsWith('unix://');

function checkKernel(engine: Engine, { kernelVersion }: EngineDescription): Check[] {
  // Docker Desktop has a socket here and its kernel in a virtual machine.
  const visible = sharesKernel(engine) && release() === kernelVersion;
  const sources = visible ? readKernelSources(kernelVersion) : undefined;
  const check = (name: string, feature: KernelFeature, without: string): Check => {
    const has = sources === undefined ? undefined : hasFeature(feature, sources);
    if (has === undefined) return unknown(name, `whether the engine's kernel has ${name} cannot be told`);
    if (has) return ok(name, `${feature.module} is in the kernel ${kernelVersion}`);
    return warning(
      name,
      `Not in this kernel: ${without} will not be available.`,
      `Use a kernel with ${feature.option}; on Debian and Ubuntu: modprobe ${feature.module}.`,
    );
  };
  return [check('netem', netem, '`slow`'), check('IPVS', ipvs, 'balancing by Keepalived')];
}

function checkLeftovers(stacks: readonly StackSummary[]): Check {
  const remnants = stacks.filter(isRemnant);
  const [first] = remnants;
  const name = 'leftovers';
  if (first === undefined) return ok(name, 'none');
  return warning(
    name,
    `Without containers, only volumes or networks: ${remnants.map((stack) => stack.name).join(', ')}.`,
    `${typed(first.name, 'down')} removes it; ${typed(first.name, 'up')} goes on with kept data`,
  );
}

/**
 * Looks at everything that a stack needs. What is wrong is told, not thrown.
 *
 * @param connect connects to the engine
 */
export async function doctor(connect: () => Promise<Engine>): Promise<Diagnosis> {
  const diagnosis = (checks: Check[]): Diagnosis => ({
    usable: checks.every(({ status }) => status !== 'broken'),
    checks,
  });
  try {
    const engine = await connect();
    const [description, stacks] = await Promise.all([engine.describe(), listStacks(engine)]);
    const [images, ports, disk] = await Promise.all([
      checkImages(engine),
      checkPorts(engine, stacks),
      checkDisk(engine, description),
    ]);
    return diagnosis([
      checkNode(),
      ...checkEngine(engine, description),
      ...images,
      ports,
      checkMemory(engine, description),
      disk,
      ...checkKernel(engine, description),
      checkLeftovers(stacks),
    ]);
  } catch (error) {
    if (!(error instanceof HalabError)) throw error;
    return diagnosis([checkNode(), broken('engine', error.message, error.hint)]);
  }
}
