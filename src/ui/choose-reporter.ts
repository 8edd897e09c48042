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
  switch (env['HALAB_PROGRESS'] ?? (stderr.isTTY && env['TERM'] !== 'dumb' ? 'live' : 'plain')) {
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
