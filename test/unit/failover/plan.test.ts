import { describe, expect, it } from 'vitest';
import { planFailover } from '../../../src/failover/plan.js';

const facts = {
  stack: 'halab',
  candidate: 'db-replica',
  others: ['db-primary'],
  followers: [],
  haproxy: 'haproxy',
  action: 'reload',
} as const;

describe('the plan of a failover', () => {
  const names = planFailover(facts).map(({ name }) => name);

  it('stops the old primary before it promotes another', () => {
    expect(names.indexOf('stop old primary')).toBeLessThan(names.indexOf('promote'));
  });

  it('replays before it promotes, and promotes before it points the proxy', () => {
    expect(names.indexOf('replay')).toBeLessThan(names.indexOf('promote'));
    expect(names.indexOf('promote')).toBeLessThan(names.indexOf('point proxy'));
  });

  it('has HAProxy check the new file before anything is changed, and verifies afterwards', () => {
    expect(names[0]).toBe('check haproxy.cfg');
    expect(names.indexOf('verify')).toBeGreaterThan(names.indexOf('point proxy'));
  });

  it('shows commands that name the containers of the stack', () => {
    const commands = planFailover({ ...facts, stack: 'second' }).map(({ command }) => command);
    expect(commands).toContain('docker stop second-db-primary');
    expect(commands.join('\n')).not.toContain('halab-db');
  });

  it('leaves other replicas running, and has them follow once clients can write again', () => {
    const steps = planFailover({ ...facts, followers: ['db-replica-2'] });
    expect(steps.find(({ name }) => name === 'stop old primary')?.command).toBe(
      'docker stop halab-db-primary',
    );
    const last = steps.at(-1);
    expect(last?.name).toBe('follow new primary');
    expect(last?.command).toContain(
      'docker exec halab-db-replica-2 psql -d shop -c "SELECT pg_reload_conf()"',
    );
  });

  it('reloads or restarts HAProxy as it was asked', () => {
    const point = (action: 'reload' | 'restart'): string | undefined =>
      planFailover({ ...facts, action }).find(({ name }) => name === 'point proxy')?.command;
    expect(point('reload')).toContain('kill -USR2 1');
    expect(point('restart')).toContain('docker restart halab-haproxy');
  });
});
