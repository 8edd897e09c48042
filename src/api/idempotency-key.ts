import { ApiProblem } from './problems.js';

// A structured field's string (RFC 8941, section 3.3.3), or the bare value that many clients send.
const quotedForm = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])+)"$/;
const bareForm = /^[\x21\x23-\x7e]+$/;
const maxLength = 255;

/**
 * The `Idempotency-Key` of a request (draft-ietf-httpapi-idempotency-key-header); undefined when it has none.
 *
 * @throws ApiProblem `malformed-request`
 */
export function parseIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const text = typeof header === 'string' ? header.trim() : '';
  const [, quoted] = quotedForm.exec(text) ?? [];
  const key = quoted?.replace(/\\(["\\])/g, '$1') ?? (bareForm.test(text) ? text : '');
  if (key.length === 0 || key.length > maxLength) {
    throw new ApiProblem('malformed-request', {
      detail: `Idempotency-Key must be 1 to ${maxLength} visible ASCII characters, in quotes or without`,
    });
  }
  return key;
}
