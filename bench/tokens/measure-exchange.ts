import type { BenchOptions } from '../main.ts';
import { sendAll } from '../path/send-all.ts';
import type { Child } from '../path/start-child.ts';
import { median } from '../statistics.ts';
import type { ChainAnswer } from './issuer-messages.ts';
import { makeAssertion, makeFormRequest, type TokenClient } from './make-token-requests.ts';

const connections = 16;
const exchangesARound = 200;
const accessToken = 'urn:ietf:params:oauth:token-type:access_token';

/** Time of an exchange whose token has a chain of eight against one of the shortest chain an exchange makes; in turn. */
export async function measureExchange(
  issuer: Child,
  setting: { readonly issuer: string; readonly clients: readonly TokenClient[] },
  { rounds, progress }: BenchOptions,
) {
  const seconds = new Map<number, number[]>();
  for (let round = 0; round <= rounds; round++) {
    // Tasks that exchanges opened are many by now; each round has a chain of its own.
    const { subjects } = await issuer.ask<ChainAnswer>({ kind: 'chains' });
    for (const { depth, client, token } of round % 2 === 0 ? subjects : subjects.toReversed()) {
      const { nonce } = await issuer.ask<{ nonce: string }>({ kind: 'nonce' });
      const asks = setting.clients[client];
      if (asks === undefined) throw new Error('there is no such agent');
      const requests = Array.from({ length: exchangesARound }, () =>
        makeFormRequest(asks, { issuer: setting.issuer, nonce }, writeExchange(asks, setting.issuer, token)),
      );
      const { perSecond } = await sendAll(issuer.port, requests, connections);
      progress(
        `${round === 0 ? 'warm-up' : `round ${round}`}: exchange to depth ${depth} ${perSecond.toFixed(0)}/s`,
      );
      if (round > 0) seconds.set(depth, [...(seconds.get(depth) ?? []), 1 / perSecond]);
    }
  }
  const [shallow = 0, deep = 0] = [...seconds.keys()].toSorted((a, b) => a - b);
  const ratios = (seconds.get(deep) ?? []).map(
    (value, i) => value / (seconds.get(shallow)?.[i] ?? Number.NaN),
  );
  const rate = (depth: number): string => (1 / median(seconds.get(depth) ?? [])).toFixed(0);
  return {
    figures: { exchange_depth8_over_depth1: median(ratios) },
    notes: [
      `exchanges a second, ${connections} connections, each with a task of its own: to a chain of ${shallow} ${rate(shallow)}, of ${deep} ${rate(deep)}`,
    ],
  };
}

function writeExchange(client: TokenClient, issuer: string, subject: string): URLSearchParams {
  return new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: makeAssertion(client, issuer),
    subject_token: subject,
    subject_token_type: accessToken,
  });
}
