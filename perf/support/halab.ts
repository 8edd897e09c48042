import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** A script of the references, as a path that can be run. */
export const baseline = (script: string): string =>
  fileURLToPath(new URL(`../baseline/${script}`, import.meta.url));
const program = fileURLToPath(new URL('../../bin/halab.js', import.meta.url));

/** Runs the built program as a user does, in a process of its own. @returns its wall time */
export async function timeHalab(
  words: readonly string[],
  allowedExitCodes: readonly number[] = [0],
): Promise<number> {
  const startMs = performance.now();
  const { exitCode, stderr } = await execa('node', [program, ...words], {
    reject: false,
    stdout: 'ignore',
    stdin: 'ignore',
  });
  const wallMs = performance.now() - startMs;
  if (exitCode === undefined || !allowedExitCodes.includes(exitCode)) {
    throw new Error(`halab ${words.join(' ')} ended with ${exitCode ?? 'a signal'}:\n${stderr}`);
  }
  return wallMs;
}

/** Runs the built program with --json and returns what it printed. The caller names the contract's type. */
export async function askHalab(
  words: readonly string[],
  allowedExitCodes: readonly number[] = [0],
): Promise<unknown> {
  const { exitCode, stdout, stderr } = await execa('node', [program, ...words, '--json'], {
    reject: false,
    stdin: 'ignore',
  });
  if (exitCode === undefined || !allowedExitCodes.includes(exitCode)) {
    throw new Error(`halab ${words.join(' ')} ended with ${exitCode ?? 'a signal'}:\n${stderr}`);
  }
  return JSON.parse(stdout);
}

export interface BuiltImages {
  engine: { version: string };
  images: { kind: string; tag: string }[];
}

/** Builds the images that are missing, so that no measurement contains a build. */
export const ensureImages = async (): Promise<BuiltImages> => (await askHalab(['images'])) as BuiltImages;

export async function removeStack(stack: string): Promise<void> {
  await timeHalab(['down', '--stack', stack], [0, 4]); // 4: there is no such stack.
}

/** The kernel takes down the interfaces of an ended container in the background, for seconds. */
const settleMs = 4000;

/**
 * Ends the containers of a stack, deletes none of their files, and waits until the machine is quiet again. The network
 * goes: an engine has address ranges for 31.
 */
export async function retireStack(labelFilter: string): Promise<void> {
  const { stdout } = await execa('docker', ['ps', '--quiet', '--filter', `label=${labelFilter}`]);
  const ids = stdout.split('\n').filter((id) => id !== '');
  if (ids.length > 0) await execa('docker', ['kill', ...ids]);
  const networks = await execa('docker', ['network', 'ls', '--quiet', '--filter', `label=${labelFilter}`]);
  const networkIds = networks.stdout.split('\n').filter((id) => id !== '');
  if (networkIds.length > 0) await execa('docker', ['network', 'rm', ...networkIds]);
  await sleep(settleMs);
}
