import { execa } from 'execa';

/**
 * Builds dist/ once before the tests: some run bin/halab.js as a process of its own, to send it signals, and it is
 * the program that users run, with its own time to start, that a signal must find. Nothing changed: 1 s.
 */
export default async function setup(): Promise<void> {
  await execa('npm', ['run', '--silent', 'build'], {
    cwd: new URL('../..', import.meta.url),
  });
}
