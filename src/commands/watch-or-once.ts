import type { Outcome, Session } from './session.js';

/**
 * One look, or with `--watch` one a second until Ctrl-C, which ends a watch with exit code 0. With `--json` a watch
 * prints one object a line.
 *
 * @throws what the look throws, in a watch only the first one
 */
export async function watchOrOnce(
  { io, clock, signal, json }: Session,
  watching: boolean,
  look: () => Promise<Required<Pick<Outcome, 'data' | 'text'>> & Outcome>,
): Promise<Outcome> {
  if (!watching) return await look();
  const { watch } = await import('../ui/watch.js');
  await watch({ output: io.stdout, env: io.env, clock, signal, inPlace: !json }, async (style) => {
    const { data, text } = await look();
    return json ? `${JSON.stringify(data)}\n` : text(style);
  });
  return {};
}
