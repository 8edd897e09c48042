/** The package as a library: a stack for the tests of services that use one. docs/library.md is its manual. */

export type { ErrorCode } from './errors/catalogue.js';
export { type ExitCode, exitCodes } from './errors/exit-codes.js';
export { HalabError } from './errors/halab-error.js';
export type { HalabEvent } from './events/events.js';
export type { FaultOptions, ServedApi, ServeOptions, StackHandle } from './library/stack-handle.js';
export type { StartStackOptions } from './library/start-options.js';
export { startStack } from './library/start-stack.js';
export type { StackEndpoints } from './stack/endpoints.js';
export type { Status } from './stack/snapshot.js';
