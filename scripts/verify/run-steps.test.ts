import { describe, expect, it } from 'vitest';
import { runSteps } from './run-steps.ts';

const step = (name: string, passed: number, failed: number) => ({
  name,
  run: async () => ({ passed, failed, output: `${name} says why` }),
});

describe('verify', () => {
  it('goes on after a failure, also after one that throws, and sums everything', async () => {
    const printed: string[] = [];
    const broken = { name: 'broken', run: () => Promise.reject(new Error('crashed')) };
    const totals = await runSteps([step('a', 1, 2), broken, step('b', 3, 0)], (line) => printed.push(line));
    expect(totals).toEqual({ passed: 4, failed: 3 });
    expect(printed.join('\n')).toMatch(/✗ a[\s\S]*a says why[\s\S]*✗ broken[\s\S]*crashed[\s\S]*✓ b/);
    expect(printed.join('\n')).not.toContain('b says why');
  });

  it('runs what waits two at a time, after all that computes, and counts each', async () => {
    const log: string[] = [];
    const timed = (name: string, waits?: true) => ({
      ...{ name, ...(waits && { waits }) },
      run: async () => {
        log.push(`+${name}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
        log.push(`-${name}`);
        return { passed: 1, failed: 0, output: '' };
      },
    });
    const steps = [timed('x', true), timed('a'), timed('y', true), timed('z', true), timed('b')];
    expect(await runSteps(steps, () => {})).toEqual({ passed: 5, failed: 0 });
    expect(log.slice(0, 6)).toEqual(['+a', '-a', '+b', '-b', '+x', '+y']);
    expect(log).toHaveLength(10);
  });
});
