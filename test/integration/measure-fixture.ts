import { startTestStack } from '../support/stack.js';

/** A server that takes the application's writes. */
export interface WriteTarget extends AsyncDisposable {
  writeUrl: string;
  /** Runs SQL as the administrator. */
  sql: (text: string) => Promise<string>;
}

/** The primary of a stack of its own, without the proxy: a broken connection is then the server's doing. */
export async function startWriteTarget(): Promise<WriteTarget> {
  const stack = await startTestStack();
  const { nodes } = await stack.endpoints();
  return {
    writeUrl: nodes['db-primary'] ?? '',
    sql: (text) => stack.sql('db-primary', text),
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}
