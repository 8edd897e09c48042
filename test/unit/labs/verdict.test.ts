import { describe, expect, it } from 'vitest';
import { type Assertion, verdictOf } from '../../../src/labs/record.js';

const assertion = (passed: boolean | null): Assertion => ({ text: 'it holds', passed, observed: '' });

describe('the verdict of a lab', () => {
  it('is passed when every assertion holds', () => {
    expect(verdictOf([assertion(true), assertion(true)])).toBe('passed');
  });

  it('is failed when one does not, whatever else is undecided', () => {
    expect(verdictOf([assertion(null), assertion(false), assertion(true)])).toBe('failed');
  });

  it('is inconclusive when one cannot be decided', () => {
    expect(verdictOf([assertion(true), assertion(null)])).toBe('inconclusive');
  });
});
