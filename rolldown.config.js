import { dts } from 'rolldown-plugin-dts';

/**
 * The types of the package in one file, and only those that a user can meet: what operations know of the engine and of
 * drivers stays inside, so that nobody needs the types of dockerode or pg.
 */
export default {
  logLevel: 'warn',
  input: { index: 'dist/declarations/index.d.ts' },
  plugins: [dts({ dtsInput: true })],
  output: { dir: 'dist', format: 'es', entryFileNames: '[name].d.ts' },
};
