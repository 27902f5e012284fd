import type { BenchOptions } from '../main.ts';
import { median } from '../statistics.ts';
import type { Contenders, Gateway } from './contenders.ts';
import { sendAll } from './send-all.ts';

const connections = 64;
const callsARound = 2500;

/**
 * What a call costs when all agents call in turn, over what it costs when one agent calls. The first time round, in
 * which every agent is looked up and its key read, is not measured; the turn goes on from round to round.
 */
export async function measureAgents({ governed }: Contenders, { rounds, progress }: BenchOptions) {
  const count = governed.all.length;
  await governed.renew();
  const before = governed.residentMegabytes();
  const cold = await callInTurn(governed, 0, count);
  progress(`first call of each of ${count} agents: ${(cold * 1e6).toFixed(0)} us a call`);
  const ratios: number[] = [];
  let turn = 0;
  for (let round = 0; round < Math.max(rounds, 4); round++) {
    const alone = async () => secondsPerCall(governed, await governed.prepare(governed.one, callsARound));
    const inTurn = async () => callInTurn(governed, turn, callsARound);
    const [one, many] = round % 2 === 0 ? [await alone(), await inTurn()] : await swap(inTurn, alone);
    turn += callsARound;
    ratios.push(many / one);
    progress(`one agent ${(one * 1e6).toFixed(0)} us, ${count} in turn ${(many * 1e6).toFixed(0)} us a call`);
  }
  return {
    ratio: median(ratios),
    coldMicroseconds: cold * 1e6,
    resident: { before, after: governed.residentMegabytes() },
  };
}

async function swap(second: () => Promise<number>, first: () => Promise<number>): Promise<[number, number]> {
  const many = await second();
  return [await first(), many];
}

/** In lots, because proofs are good for a minute. */
async function callInTurn(governed: Gateway, first: number, count: number): Promise<number> {
  let seconds = 0;
  for (let done = 0; done < count; done += callsARound) {
    const lot = Math.min(callsARound, count - done);
    seconds +=
      (await secondsPerCall(governed, await governed.prepare(governed.all, lot, first + done))) * lot;
  }
  return seconds / count;
}

async function secondsPerCall(governed: Gateway, requests: readonly Buffer[]): Promise<number> {
  return 1 / (await sendAll(governed.port, requests, connections)).perSecond;
}
