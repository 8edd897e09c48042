import { liveReporter } from './live-reporter.js';
import { ndjsonReporter } from './ndjson-reporter.js';
import { plainReporter } from './plain-reporter.js';
import { type Reporter, silentReporter } from './reporter.js';
import { styleFor } from './style.js';

/** Live in a terminal, plain lines elsewhere; HALAB_PROGRESS (live, plain, ndjson, none) decides otherwise. */
export function chooseReporter(stderr: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Reporter {
  const write = (text: string): void => {
    stderr.write(text);
  };
  // A terminal of no width, such as one that a program made and gave no size: ora counts its lines without an end.
  const canDraw = stderr.isTTY && stderr.columns > 0 && env['TERM'] !== 'dumb';
  switch (env['HALAB_PROGRESS'] ?? (canDraw ? 'live' : 'plain')) {
    case 'live':
      return liveReporter(stderr, styleFor(stderr, env));
    case 'ndjson':
      return ndjsonReporter(write);
    case 'none':
      return silentReporter;
    default:
      return plainReporter(write);
  }
}
