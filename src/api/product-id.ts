const maxBigint = 9_223_372_036_854_775_807n;

/** True for the one way to write an id that a bigint identity column can hold; no other product exists. */
export function isProductId(text: string): boolean {
  return /^[1-9][0-9]{0,18}$/.test(text) && (text.length < 19 || BigInt(text) <= maxBigint);
}

/** An opaque cursor: the page after this product. */
export function encodeCursor(lastId: string): string {
  return Buffer.from(`after:${lastId}`).toString('base64url');
}

/** The id in a cursor; undefined when this API did not make it. */
export function decodeCursor(cursor: string): string | undefined {
  const [, id] = /^after:([0-9]+)$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  return id !== undefined && isProductId(id) && encodeCursor(id) === cursor ? id : undefined;
}
