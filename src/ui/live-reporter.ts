import ora from 'ora';
import { formatMs } from './format.js';
import type { Reporter } from './reporter.js';
import type { Style } from './style.js';

/** A spinner with the steps that run now; each step that ends leaves one line with its time. */
export function liveReporter(stream: NodeJS.WriteStream, { paint, columns }: Style): Reporter {
  const running = new Map<string, { title: string; progress: string }>();
  // stdin is left alone: halab's own handler of Ctrl-C must hear it.
  const color = paint.level === 0 ? false : 'cyan';
  const spinner = ora({ stream, discardStdin: false, hideCursor: true, color });
  const fit = (text: string): string => (text.length > columns - 4 ? `${text.slice(0, columns - 5)}…` : text);
  const redraw = (): void => {
    const titles = [...running.values()].map(({ title, progress }) =>
      progress === '' ? title : `${title}: ${progress}`,
    );
    if (titles.length === 0) spinner.stop();
    else spinner.start(fit(titles.join(' · ')));
  };
  const print = (line: string): void => {
    spinner.stop();
    stream.write(`${line}\n`);
    redraw();
  };
  return {
    report: (event) => {
      switch (event.type) {
        case 'operation.started':
          break;
        case 'step.started':
          running.set(event.id, { title: event.title, progress: '' });
          redraw();
          break;
        case 'step.progress': {
          const step = running.get(event.id);
          if (step !== undefined) step.progress = event.message;
          redraw();
          break;
        }
        case 'step.done': {
          const title = running.get(event.id)?.title ?? event.id;
          running.delete(event.id);
          const detail = event.detail === undefined ? '' : paint.dim(`  ${event.detail}`);
          print(`${paint.green('✔')} ${title} ${paint.dim(formatMs(event.durationMs))}${detail}`);
          break;
        }
        case 'step.failed': {
          const title = running.get(event.id)?.title ?? event.id;
          running.delete(event.id);
          print(`${paint.red('✖')} ${title}`);
          break;
        }
        case 'note':
          print(`${event.severity === 'warning' ? paint.yellow('!') : paint.blue('i')} ${event.message}`);
          break;
        case 'lab.step':
          running.set(event.id, { title: event.text, progress: '' });
          redraw();
          break;
        case 'lab.step.ended': {
          running.delete(event.id);
          const mark = { done: paint.green('▸'), failed: paint.red('✖'), inconclusive: paint.yellow('?') };
          print(
            fit(`${mark[event.outcome]} ${event.text}${event.observed === '' ? '' : `: ${event.observed}`}`),
          );
          break;
        }
        case 'load':
          running.set('load', {
            title: `${event.acknowledged} writes acknowledged, ${event.failed} failed`,
            progress: `last ${formatMs(event.lastAcknowledgedAgoMs)} ago`,
          });
          redraw();
          break;
      }
    },
    stop: () => {
      running.clear();
      spinner.stop();
    },
  };
}
