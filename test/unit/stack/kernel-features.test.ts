import { describe, expect, it } from 'vitest';
import { hasFeature, netem } from '../../../src/stack/kernel-features.js';

const nothing = { loaded: undefined, installed: undefined, config: undefined };

describe('a feature of the kernel', () => {
  it('is there when its module is loaded', () => {
    expect(hasFeature(netem, { ...nothing, loaded: 'sch_netem 20480 0 - Live 0x0\n' })).toBe(true);
  });

  it('is there when its module is built in or can be loaded', () => {
    const installed = 'kernel/net/sched/sch_netem.ko.xz: kernel/net/sched/sch.ko\n';
    expect(hasFeature(netem, { ...nothing, installed })).toBe(true);
    expect(hasFeature(netem, { ...nothing, config: 'CONFIG_NET_SCH_NETEM=y\n' })).toBe(true);
  });

  it('is not there when it is a module whose file is missing, or is not set', () => {
    expect(hasFeature(netem, { ...nothing, config: 'CONFIG_NET_SCH_NETEM=m\n' })).toBe(false);
    expect(hasFeature(netem, { ...nothing, config: '# CONFIG_NET_SCH_NETEM is not set\n' })).toBe(false);
  });

  it('cannot be told when nothing can be read', () => {
    expect(hasFeature(netem, { ...nothing, loaded: 'ext4 1 0\n' })).toBeUndefined();
  });
});
