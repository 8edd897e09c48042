import { ApiProblem } from './problems.js';

/** Entity tags that a request names: `*`, or the tags in their order. */
export type TagList = '*' | readonly EntityTag[];

interface EntityTag {
  weak: boolean;
  /** Without its quotes. */
  opaque: string;
}

/** When a write may be done (RFC 9110, section 13.1). */
export interface WriteCondition {
  /** The versions that it must find; undefined: any. */
  versions: readonly string[] | undefined;
  /** It may find none at all: `If-None-Match: *`. */
  mustBeAbsent: boolean;
}

const tagForm = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;
/** As the API writes a version; every one of them fits PostgreSQL's bigint. */
const versionForm = /^[1-9]\d{0,17}$/;

/** A product's entity tag is its version: each update makes another one. */
export const entityTag = (version: bigint | string): string => `"${version}"`;

/**
 * The tags of an `If-Match` or `If-None-Match` header; undefined when there is none.
 *
 * @throws ApiProblem `malformed-request`
 */
export function parseTags(name: string, header: string | undefined): TagList | undefined {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return '*';
  // No comma in a version; a tag with one is not ours, and its parts are refused as malformed.
  return header.split(',').map((part) => {
    const [tag, weak, opaque] = tagForm.exec(part.trim()) ?? [];
    if (tag === undefined || opaque === undefined) {
      throw new ApiProblem('malformed-request', {
        detail: `${name} must be * or a list of entity tags, such as "5"`,
      });
    }
    return { weak: weak !== undefined, opaque };
  });
}

interface ConditionHeaders {
  'if-match'?: string | undefined;
  'if-none-match'?: string | undefined;
}

/**
 * The condition of a write, from its headers. A weak tag never matches (RFC 9110, section 8.8.3.2), nor does a tag that
 * is no version.
 *
 * @throws ApiProblem `malformed-request`, also for an `If-None-Match` other than `*`, which no write has a use for
 */
export function writeCondition(headers: ConditionHeaders): WriteCondition {
  const match = parseTags('If-Match', headers['if-match']);
  const noneMatch = parseTags('If-None-Match', headers['if-none-match']);
  if (noneMatch !== undefined && noneMatch !== '*') {
    throw new ApiProblem('malformed-request', { detail: 'If-None-Match of a write must be *' });
  }
  const versions =
    match === undefined || match === '*'
      ? undefined
      : match.filter(({ weak, opaque }) => !weak && versionForm.test(opaque)).map(({ opaque }) => opaque);
  return { versions, mustBeAbsent: noneMatch === '*' };
}

/**
 * Whether a reader has this version already (`If-None-Match` of a read, which compares weakly).
 *
 * @throws ApiProblem `malformed-request`
 */
export function isKnownToReader(header: string | undefined, version: string): boolean {
  const tags = parseTags('If-None-Match', header);
  return tags === '*' || (tags?.some(({ opaque }) => opaque === version) ?? false);
}

const versionStart = '"version":';

/**
 * The version in a product's JSON, without parsing it. Nowhere else can `"version":` stand: within a string its quotes
 * would be escaped.
 */
export function versionIn(json: string): string {
  const start = json.lastIndexOf(versionStart) + versionStart.length;
  let end = start;
  while (end < json.length && json[end] !== ',' && json[end] !== '}') end += 1;
  // A version beyond 2^53 is a string.
  return json[start] === '"' ? json.slice(start + 1, end - 1) : json.slice(start, end);
}
