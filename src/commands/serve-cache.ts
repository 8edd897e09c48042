import type { CacheOptions, ReadConsistency } from '../api/services.js';
import { HalabError } from '../errors/halab-error.js';

export const cacheModes = ['naive', 'single-flight', 'lease'] as const;
export const readConsistencies = ['eventual', 'read-your-writes'] as const;

export interface CacheChoice {
  /** False: `--no-cache`. */
  cache: (typeof cacheModes)[number] | false;
  /** False: `--no-fence`. */
  fence: boolean;
  earlyRefresh?: true | undefined;
  staleWhileRevalidate?: number | undefined;
  staleIfError?: number | undefined;
  reads: ReadConsistency;
}

/** @throws HalabError `USAGE` for an option that the chosen mode does not have */
export function cacheOptions(choice: CacheChoice): CacheOptions | false {
  const { cache, fence, earlyRefresh, staleWhileRevalidate, staleIfError, reads } = choice;
  const ofLease = [
    ['--no-fence', !fence],
    ['--early-refresh', earlyRefresh === true],
    ['--stale-while-revalidate', staleWhileRevalidate !== undefined],
    ['--stale-if-error', staleIfError !== undefined],
  ] as const;
  const unfit = ofLease.find(([, given]) => given);
  if (cache !== 'lease' && unfit !== undefined) {
    throw new HalabError('USAGE', `${unfit[0]} is an option of --cache lease.`, {
      hint: 'Leave it out, or leave out the other choice: lease is the default.',
    });
  }
  if (!fence && reads === 'read-your-writes') {
    throw new HalabError('USAGE', '--reads read-your-writes does not work without the fence.', {
      hint: 'Leave --no-fence out: a value older than a write would come back into the cache.',
    });
  }
  if (cache === false) return false;
  if (cache !== 'lease') return { mode: cache };
  return {
    mode: cache,
    fence,
    earlyRefresh: earlyRefresh ?? false,
    staleWhileRevalidateMs: staleWhileRevalidate ?? 0,
    staleIfErrorMs: staleIfError ?? 0,
  };
}
