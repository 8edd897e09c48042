import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.js';

/** The names in the list of commands that `halab --help` prints. */
async function commandNames(): Promise<string[]> {
  const { stdout } = await runCli(['--help']);
  const [, list = ''] = stdout.split('Commands:\n');
  return [...list.matchAll(/^ {2}([a-z-]+)/gm)].flatMap(([, name]) => name ?? []);
}

describe('help', () => {
  it('lists every everyday command', async () => {
    const names = await commandNames();
    for (const name of [
      'up',
      'down',
      'ls',
      'status',
      'lag',
      'cache',
      'env',
      'stop',
      'start',
      'restart',
      'failover',
      'promote',
      'proxy',
      'replica',
      'logs',
      'psql',
      'redis-cli',
      'exec',
      'doctor',
      'images',
      'console',
    ]) {
      expect(names).toContain(name);
    }
  });

  it('keeps each command to one line at 100 columns', async () => {
    const { stdout } = await runCli(['--help']);
    const [, list = ''] = stdout.split('Commands:\n');
    expect(list.trimEnd().split('\n')).toHaveLength((await commandNames()).length);
  });

  it('of every command says how it is used and gives examples', async () => {
    for (const name of await commandNames()) {
      if (name === 'help') continue;
      const { exitCode, stdout } = await runCli([name, '--help']);
      expect(exitCode, name).toBe(0);
      expect(stdout, name).toContain(`Usage: halab ${name}`);
      // A group such as `proxy` lists its commands; those have the examples.
      const group = /\nCommands:\n([^]*)/.exec(stdout)?.[1];
      const texts =
        group === undefined
          ? [stdout]
          : await Promise.all(
              [...group.matchAll(/^ {2}([a-z-]+)/gm)]
                .flatMap(([, sub]) => sub ?? [])
                .filter((sub) => sub !== 'help')
                .map(async (sub) => (await runCli([name, sub, '--help'])).stdout),
            );
      expect(
        texts.some((text) => text.includes('Examples:')),
        name,
      ).toBe(true);
      for (const text of texts) {
        expect(text, name).toContain('--json');
        expect(text, name).toContain('--stack');
      }
    }
  });

  it('is what halab alone prints where there is no terminal', async () => {
    const { exitCode, stdout } = await runCli([]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Usage: halab');
  });
});

describe('a mistake on the command line', () => {
  it('in a command is told with the nearest name, and exits 2', async () => {
    const { exitCode, stdout, stderr } = await runCli(['stauts']);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain("unknown command 'stauts'");
    expect(stderr).toContain('status');
    expect(stderr).toContain('halab --help');
  });

  it('in an option is told with the nearest name, and exits 2', async () => {
    const { exitCode, stderr } = await runCli(['status', '--wach']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("unknown option '--wach'");
    expect(stderr).toContain('--watch');
    expect(stderr).toContain('halab status --help');
  });

  it('in a command of a command is told with the help of that one', async () => {
    const { exitCode, stderr } = await runCli(['proxy', 'point']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('→ halab proxy point --help');
  });

  it.each([
    ['up --replicas 9', 'It takes a number from 1 to 8'],
    ['up --sync maybe', 'Allowed choices are off, on, remote_apply'],
    ['serve --cache fast', 'Allowed choices are naive, single-flight, lease'],
    ['serve --reads soon', 'Allowed choices are eventual, read-your-writes'],
    ['serve --stale-if-error soon', 'It takes a number with its unit, such as 500ms, 10s or 1m'],
    ['serve --cache naive --early-refresh', '--early-refresh is an option of --cache lease'],
    [
      'serve --no-cache --stale-while-revalidate 1m',
      '--stale-while-revalidate is an option of --cache lease',
    ],
    ['serve --reads read-your-writes --no-fence', 'does not work without the fence'],
  ])('%s exits 2 and says what is possible', async (line, said) => {
    const { exitCode, stderr } = await runCli(line.split(' '));
    expect(exitCode).toBe(2);
    expect(stderr).toContain(said);
  });

  it.each([['stop'], ['logs'], ['exec']])('%s without a node exits 2', async (name) => {
    const { exitCode, stderr } = await runCli([name]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("missing required argument 'node'");
  });

  it('is an object on standard output with --json', async () => {
    const { exitCode, stdout } = await runCli(['logs', '--json']);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'USAGE', message: expect.stringContaining('node') as string },
    });
  });

  it.each(['Upper', 'with space', '-leading', 'a'.repeat(41), ''])(
    'refuses "%s" as a name of a stack',
    async (name) => {
      const { exitCode, stderr } = await runCli(['up', `--stack=${name}`]);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('Use up to 40 lower-case letters, digits, hyphens and underscores.');
    },
  );

  it('names the way to pass options on when exec is given them without two hyphens', async () => {
    const { exitCode, stderr } = await runCli(['exec', 'db-primary', 'ls', '-la']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('halab exec --help');
    expect((await runCli(['exec', '--help'])).stdout).toContain('-- <program>');
  });

  it('follow and json exclude each other', async () => {
    expect((await runCli(['logs', 'db-primary', '-f', '--json'])).exitCode).toBe(2);
  });
});

describe('without an engine', () => {
  it.each([['status'], ['up'], ['down'], ['ls'], ['lag'], ['cache'], ['env'], ['psql'], ['images']])(
    '%s says which address was tried and how to go on, and exits 6',
    async (name) => {
      const { exitCode, stdout, stderr } = await runCli([name]);
      expect(exitCode).toBe(6);
      expect(stdout).toBe('');
      expect(stderr).toContain('No Docker Engine answers at tcp://127.0.0.1:9, which DOCKER_HOST names');
      expect(stderr).toContain('→ Start the engine, or point DOCKER_HOST at one');
    },
  );

  it('--json prints the error as one object', async () => {
    const { exitCode, stdout } = await runCli(['status', '--json']);
    expect(exitCode).toBe(6);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'ENGINE_UNREACHABLE', hint: expect.stringContaining('DOCKER_HOST') as string },
    });
  });

  it('an address of no known form is told as such', async () => {
    const { exitCode, stderr } = await runCli(['status'], { env: { DOCKER_HOST: 'nonsense' } });
    expect(exitCode).toBe(6);
    expect(stderr).toContain('nonsense');
  });

  it('doctor goes on to say what it can, and exits 6', async () => {
    const { exitCode, stdout, stderr } = await runCli(['doctor']);
    expect(exitCode).toBe(6);
    expect(stderr).toBe('');
    expect(stdout).toContain('✔ node');
    expect(stdout).toContain('✖ engine');
    const json = await runCli(['doctor', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ usable: false });
  });

  it('a watch throws at its first look instead of going on', async () => {
    expect((await runCli(['status', '--watch'])).exitCode).toBe(6);
  });
});

describe('the console', () => {
  it('asked for without a terminal exits 2 and names the list of commands', async () => {
    const { exitCode, stderr } = await runCli(['console']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('NO_TERMINAL');
    expect(stderr).toContain('halab --help');
  });
});
