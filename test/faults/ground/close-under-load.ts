import { setTimeout as sleep } from 'node:timers/promises';
import { PATIENT, startGateway, startPlainUpstream, toolCall } from '@countersign/testkit';
import { requireDone } from '../../scenarios/ground/use-scene.ts';
import { createRandom } from './random.ts';

export interface ClosingOptions {
  readonly rounds: number;
  /** Decides when in its load each gateway is stopped. */
  readonly seed: number;
  /** No round begins after it. */
  readonly withinMilliseconds: number;
}

export interface Closings {
  readonly rounds: number;
  /** Calls that were answered. */
  readonly answered: number;
  readonly unheard: readonly unknown[];
}

const LONGEST_LOAD_MILLISECONDS = 300;
const CALLERS = 16;
const POLICY = `@id("kept")
  @limit("per=agent; calls=100000; bytes=900000000; within=1h, per=owner; calls=100000")
  permit (principal, action, resource) when { context.today.agentCalls < 100000 };`;

/** Stops gateways in the middle of calls. Returns what became of it, with every rejection that nobody heard. */
export async function closeUnderLoad(options: ClosingOptions): Promise<Closings> {
  const unheard: unknown[] = [];
  const note = (reason: unknown): void => {
    unheard.push(reason);
  };
  process.on('unhandledRejection', note);
  const upstream = await startPlainUpstream();
  const random = createRandom(options.seed);
  const until = performance.now() + options.withinMilliseconds;
  let rounds = 0;
  let answered = 0;
  try {
    for (; rounds < options.rounds && performance.now() < until; rounds += 1)
      answered += await closeOnce(upstream.url, random() * LONGEST_LOAD_MILLISECONDS);
    // What was counted is written a second later.
    await sleep(1_500);
  } finally {
    process.off('unhandledRejection', note);
    await upstream.close();
  }
  return { rounds, answered, unheard };
}

/** Returns how many calls were answered until then. */
async function closeOnce(upstream: string, afterMilliseconds: number): Promise<number> {
  const gateway = await startGateway({ environment: PATIENT });
  let answered = 0;
  let isOver = false;
  try {
    const url = await gateway.addUpstream('shop', { url: upstream });
    requireDone(await gateway.activatePolicy(POLICY));
    const owner = gateway.administrator;
    const enrolled = await Promise.all([1, 2].map((n) => gateway.enrol({ name: `caller-${n}`, owner })));
    const tokens = await Promise.all(
      enrolled.map(({ agent, task }) => agent.token({ task, resource: [url] })),
    );
    const { message, headers } = toolCall('echo', { text: 'load' });
    const call = async (n: number): Promise<void> => {
      const { agent, task } = enrolled[n % 2] ?? {};
      while (!isOver && agent !== undefined && task !== undefined) {
        // Some come with tokens of their own, some with none that is good: what refuses them writes, too.
        const token = n % 4 === 3 ? await agent.token({ task, resource: [url] }) : tokens[n % 2];
        const reply = await agent.send({ url, token: n === 0 ? 'none' : (token ?? ''), message, headers });
        if (reply.status === 200) answered += 1;
      }
    };
    // A connection that is refused is how a caller learns of the end.
    const callers = Array.from({ length: CALLERS }, (_, n) => call(n).catch(() => {}));
    await sleep(afterMilliseconds);
    await gateway.stop();
    isOver = true;
    await Promise.all(callers);
    return answered;
  } finally {
    isOver = true;
    await gateway.stop();
  }
}
