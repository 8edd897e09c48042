import type { Redis } from 'ioredis';

/**
 * Runs of digits are compared as text: a version is a bigint, and Lua's numbers are exact up to 2^53 only.
 * `supersedes`: whether a write's version counts more than the fence that is known. Two writes may be
 * acknowledged in the other order, so the higher one does; version 1 means that the id has been given (again,
 * when a failover lost its first product), after a delete only that does.
 */
const versions = `
local function below(a, b)
  return #a < #b or (#a == #b and a < b)
end
local function supersedes(version, fence)
  if not fence or version == '1' or version == 'deleted' then return true end
  return fence ~= 'deleted' and below(fence, version)
end
local function isBehind(version, fence)
  return fence and (fence == 'deleted' or below(version, fence))
end
`;

/** KEYS value, lease, stale copy. ARGV a new token, its life in ms. */
const acquireLease = `
local value = redis.call('GET', KEYS[1])
if value then return {'value', value} end
local granted = redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2])
return {granted and 'granted' or 'taken', redis.call('GET', KEYS[3])}
`;

/** KEYS lease. ARGV token. */
const releaseLease = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`;

/**
 * KEYS value, lease, fence, stale copy, load time. ARGV token or '', version, JSON, life in s, what the stale copy lives
 * beyond that in s, load time in ms or ''.
 */
const fillValue = `${versions}
if ARGV[1] ~= '' and redis.call('GET', KEYS[2]) ~= ARGV[1] then return 'void' end
if isBehind(ARGV[2], redis.call('GET', KEYS[3])) then return 'fenced' end
redis.call('SET', KEYS[1], ARGV[3], 'EX', ARGV[4])
if ARGV[1] ~= '' then redis.call('DEL', KEYS[2]) end
local now = redis.call('TIME')
local expiresAtMs = string.format('%d', (now[1] + ARGV[4]) * 1000 + math.floor(now[2] / 1000))
if ARGV[5] ~= '0' then redis.call('SET', KEYS[4], expiresAtMs .. ' ' .. ARGV[3], 'EX', ARGV[4] + ARGV[5]) end
if ARGV[6] ~= '' then redis.call('SET', KEYS[5], expiresAtMs .. ' ' .. ARGV[6], 'EX', ARGV[4]) end
return 'stored'
`;

/** KEYS value, lease, fence, stale copy, load time. ARGV version or 'deleted', life of the fence in s or '0'. */
const invalidateValue = `${versions}
if ARGV[2] ~= '0' then
  if supersedes(ARGV[1], redis.call('GET', KEYS[3])) then redis.call('SET', KEYS[3], ARGV[1]) end
  redis.call('EXPIRE', KEYS[3], ARGV[2])
end
return redis.call('DEL', KEYS[1], KEYS[2], KEYS[4], KEYS[5])
`;

export type FillOutcome = 'stored' | 'void' | 'fenced';

export interface CacheScripts {
  acquireLease(
    value: string,
    lease: string,
    stale: string,
    token: string,
    lifeMs: number,
  ): Promise<['value', string] | ['granted' | 'taken', string | null]>;
  releaseLease(lease: string, token: string): Promise<number>;
  fillValue(
    value: string,
    lease: string,
    fence: string,
    stale: string,
    loadTime: string,
    token: string,
    version: string,
    json: string,
    lifeS: number,
    staleS: number,
    loadMs: number | '',
  ): Promise<FillOutcome>;
  invalidateValue(
    value: string,
    lease: string,
    fence: string,
    stale: string,
    loadTime: string,
    version: string,
    fenceS: number,
  ): Promise<number>;
}

/** Gives the client a method for each script; it sends a script's text only to a server that does not know it. */
export function defineCacheScripts(redis: Redis): Redis & CacheScripts {
  redis.defineCommand('acquireLease', { numberOfKeys: 3, lua: acquireLease });
  redis.defineCommand('releaseLease', { numberOfKeys: 1, lua: releaseLease });
  redis.defineCommand('fillValue', { numberOfKeys: 5, lua: fillValue });
  redis.defineCommand('invalidateValue', { numberOfKeys: 5, lua: invalidateValue });
  // The methods exist from here on, which the client's own type cannot know.
  return redis as Redis & CacheScripts;
}
