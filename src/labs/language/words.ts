import Type from 'typebox';
import { durationMs } from '../../clock/duration.js';

/** A duration in a lab's file: `500ms`, `10s`. */
export const Duration = Type.String({ pattern: '^(0|\\d+(\\.\\d+)?(ms|s|m|h))$' });

/** `primary`, `replica`, or the name of a node. */
export const NodeWord = Type.String({ pattern: '^[a-z][a-z0-9-]*$' });

/** Milliseconds of a duration that the schema has proven. */
export const msOf = (text: string): number => durationMs(text) ?? 0;
