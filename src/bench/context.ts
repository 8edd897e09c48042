import type { Engine } from '../docker/engine.js';
import type { StackAccess } from '../stack/access.js';
import type { StackEndpoints } from '../stack/endpoints.js';
import type { Stack, StackNode } from '../stack/stack.js';
import type { BenchSettings } from './bench-result.js';
import type { MeasureOptions } from './measure-side.js';
import type { BenchProducts } from './products.js';

/** What the sides of a benchmark are made from. */
export interface BenchContext extends MeasureOptions {
  engine: Engine;
  stack: Stack;
  access: StackAccess;
  endpoints: StackEndpoints;
  primary: StackNode;
  replicas: readonly StackNode[];
  products: BenchProducts;
  settings: BenchSettings;
}
