import type { Engine } from '../../docker/engine.js';

/** Whether the instance in a container answers, asked inside it: whatever HAProxy thinks of it. */
export async function instanceAnswers(engine: Engine, containerId: string): Promise<boolean> {
  return (await engine.exec(containerId, ['bash', '/usr/local/lib/halab/healthy'])).exitCode === 0;
}

/**
 * Asks one instance for a sign of life as a client would, through HAProxy's HTTP port.
 *
 * @param apiUrl of that port, without a slash at the end
 * @throws Error when the port does not answer, or HAProxy sends nothing to this instance
 */
export async function askInstance(apiUrl: string, name: string, timeoutMs = 1000): Promise<true> {
  const response = await fetch(`${apiUrl}/healthz`, {
    headers: { 'x-instance': name, connection: 'close' },
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    // What fetch throws says only that it failed; the reason is its cause.
    throw error instanceof Error && error.cause instanceof Error ? error.cause : error;
  });
  await response.arrayBuffer();
  const answeredBy = response.headers.get('x-instance');
  if (answeredBy !== name) throw new Error('HAProxy sends nothing to it');
  if (!response.ok) throw new Error(`its answer is ${response.status}`);
  return true;
}
