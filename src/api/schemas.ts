import { type Static, Type } from 'typebox';

/** numeric(12,2), in the form that loses nothing: as text. */
const pricePattern = /^(0|[1-9][0-9]{0,9})(\.[0-9]{1,2})?$/;
// PostgreSQL's text holds every character but U+0000.
const withoutNul = '^[^\\u0000]*$';
const maxInteger = 2_147_483_647;

/** Ids and versions are bigint: a number where JSON's numbers are exact, else a string. */
const bigInteger = (description: string) => Type.Union([Type.Integer(), Type.String()], { description });
const timestamp = (description: string) => Type.String({ format: 'date-time', description });

/** A product as answered. Timestamps are ISO 8601 in UTC; the price is text, so that it stays exact. */
export const Product = Type.Object({
  id: bigInteger('An integer; a string beyond 2^53'),
  sku: Type.String(),
  name: Type.String(),
  description: Type.String(),
  price: Type.String({ description: 'Text, so that it stays exact' }),
  stock: Type.Integer(),
  version: bigInteger(
    '1 when created, one more with every update: an answer with a lower version than one seen before is stale',
  ),
  createdAt: timestamp('In UTC'),
  updatedAt: timestamp('In UTC'),
});
export type Product = Static<typeof Product>;

const Sku = Type.String({ minLength: 1, maxLength: 64, pattern: withoutNul });
const Name = Type.String({ minLength: 1, maxLength: 200, pattern: withoutNul });
const Description = Type.String({ maxLength: 2_000, pattern: withoutNul });
const Stock = Type.Integer({ minimum: 0, maximum: maxInteger });
const Price = Type.Refine(
  Type.Union([Type.String(), Type.Number()], {
    description: '0 to 9999999999.99 with at most 2 decimals',
  }),
  (price) => pricePattern.test(String(price)),
  () => 'must be 0 to 9999999999.99 with at most 2 decimals, as a string or a number',
);

/** The body of POST and PUT: without a description it is empty, without a stock it is 0. */
export const ProductInput = Type.Object(
  {
    sku: Sku,
    name: Name,
    description: Type.Optional(Description),
    price: Price,
    stock: Type.Optional(Stock),
  },
  { additionalProperties: false },
);
export type ProductInput = Static<typeof ProductInput>;

/** The body of PATCH: what it leaves out stays as it is. */
export const ProductPatch = Type.Partial(ProductInput, { additionalProperties: false, minProperties: 1 });
export type ProductPatch = Static<typeof ProductPatch>;

export const ProductParams = Type.Object({ id: Type.String({ description: 'A positive integer' }) });

export const defaultPageSize = 20;

export const PageQuery = Type.Object({
  /** Not `Integer`: a query's text is converted to its type first, and 1.5 would quietly become 1. */
  limit: Type.Optional(
    Type.Number({
      minimum: 1,
      maximum: 100,
      multipleOf: 1,
      default: defaultPageSize,
      description: 'How many products at most',
    }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 100, description: 'The `nextCursor` of the page before' })),
});
