#!/usr/bin/env node
import { main } from '../dist/cli.js';

const { stdin, stdout, stderr, env, argv } = process;
// A reader that ends early (`halab logs NODE | head`) is no error.
stdout.on('error', (error) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
// Nobody reads the progress and the messages any more; the work and its exit code still count.
stderr.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await main(argv.slice(2), { stdin, stdout, stderr, env });
