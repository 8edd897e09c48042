import type { StackAccess } from '../stack/access.js';
import type { Operation } from '../stack/operation.js';
import type { Stack, StackNode } from '../stack/stack.js';

/** A fault of a node, as the stack itself shows it: whoever injected it, and whether that process lives or not. */
export interface Fault {
  fault: 'stopped' | 'pause' | 'partition' | 'slow' | 'lag' | 'fill' | 'wipe';
  node: string;
  /** What it means, in one sentence without a stop. */
  detail: string;
}

/** Where a fault is injected. */
export interface Target {
  operation: Operation;
  stack: Stack;
  access: StackAccess;
  node: StackNode;
}
