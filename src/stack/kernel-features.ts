import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** What a kernel tells of its parts: each text is undefined where it cannot be read. */
export interface KernelSources {
  /** /proc/modules: what is loaded. */
  loaded: string | undefined;
  /** modules.builtin and modules.dep of the running kernel: what is built in or can be loaded. */
  installed: string | undefined;
  /** Its build configuration. */
  config: string | undefined;
}

export interface KernelFeature {
  /** Name of the module, as modprobe takes it. */
  module: string;
  /** Its option in the kernel's configuration. */
  option: string;
}

export const netem: KernelFeature = { module: 'sch_netem', option: 'CONFIG_NET_SCH_NETEM' };
export const ipvs: KernelFeature = { module: 'ip_vs', option: 'CONFIG_IP_VS' };

/** Whether the kernel has a feature, loaded, built in or loadable; undefined when no source tells. */
export function hasFeature(
  { module, option }: KernelFeature,
  { loaded, installed, config }: KernelSources,
): boolean | undefined {
  if (loaded !== undefined && new RegExp(`^${module} `, 'm').test(loaded)) return true;
  if (installed?.includes(`/${module}.ko`) === true) return true;
  const setting = config === undefined ? undefined : new RegExp(`^${option}=([ym])$`, 'm').exec(config)?.[1];
  if (setting === 'y') return true;
  // As a module it needs the file, and the list of files, when it can be read, has been searched.
  return installed === undefined && config === undefined ? undefined : false;
}

function read(path: string): string | undefined {
  try {
    const bytes = readFileSync(path);
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch {
    return undefined; // Not every system has every file: the others tell.
  }
}

/** @param release the running kernel's, as `uname -r` prints it */
export function readKernelSources(release: string): KernelSources {
  const lists = [
    read(`/lib/modules/${release}/modules.builtin`),
    read(`/lib/modules/${release}/modules.dep`),
  ].filter((text) => text !== undefined);
  return {
    loaded: read('/proc/modules'),
    installed: lists.length === 0 ? undefined : lists.join('\n'),
    config: read('/proc/config.gz') ?? read(`/boot/config-${release}`),
  };
}
