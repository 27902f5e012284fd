import { median } from '../statistics.ts';
import type { Contenders } from './contenders.ts';
import type { ObserveAnswer } from './gateway-messages.ts';
import { sendAll } from './send-all.ts';

const calls = 600;

/** Microseconds that each step of the path takes, waiting included, one call at a time; `door` is all around the path. */
export async function measureSteps({
  governed,
}: Contenders): Promise<{ steps: Record<string, number>; p50Milliseconds: number }> {
  const requests = await governed.prepare(governed.one, calls);
  await governed.ask({ kind: 'observe', on: true });
  const { latencies } = await sendAll(governed.port, requests, 1);
  const { steps: times } = await governed.ask<ObserveAnswer>({ kind: 'observe', on: false });
  const steps: Record<string, number> = {};
  for (const [step, values] of Object.entries(times)) steps[step] = Math.round(median(values) * 10) / 10;
  const inside = Object.values(steps).reduce((sum, value) => sum + value, 0);
  const whole = median(latencies);
  steps.door = Math.round((whole * 1000 - inside) * 10) / 10;
  return { steps, p50Milliseconds: whole };
}
