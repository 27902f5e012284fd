import type { Ask, Engines } from './engines.ts';
import type { BenchRequest } from './generate-requests.ts';

/** Microseconds of each call. */
export interface Times {
  readonly ours: number[];
  readonly official: number[];
}

const oursAtOnce = 2_000;

/** Asks both in turn, a share each, the same requests in the same order. */
export function measureRound(
  engines: Engines,
  requests: readonly BenchRequest[],
  officialAtOnce: number,
): Times {
  return {
    ours: measure(engines.ours, requests, oursAtOnce),
    official: measure(engines.official, requests, officialAtOnce),
  };
}

function measure(ask: Ask, requests: readonly BenchRequest[], count: number): number[] {
  const times: number[] = [];
  for (let at = 0; at < count; at++) {
    const request = requests[at % requests.length];
    if (request === undefined) break;
    const begun = performance.now();
    ask(request);
    times.push((performance.now() - begun) * 1000);
  }
  return times;
}

/** Throws when the engines do not say the same of a request: then there is nothing to compare. */
export function requireAgreement(engines: Engines, requests: readonly BenchRequest[], count: number): void {
  for (const request of requests.slice(0, count)) {
    const [ours, official] = [engines.ours(request), engines.official(request)].map(({ decision, reasons }) =>
      JSON.stringify([decision, [...reasons].sort()]),
    );
    if (ours !== official) throw new Error(`the engines disagree: ours ${ours}, official ${official}`);
  }
}
