import type { BenchOptions } from '../main.ts';
import { median } from '../statistics.ts';
import type { Contenders } from './contenders.ts';
import { makeCertificate } from './make-certificate.ts';
import { sendAll } from './send-all.ts';

const connections = 64;
const callsARound = 3000;
const warmUpCalls = 6000;

/**
 * The same calls over the same kind of TLS connections, once with a proof a call and once with a certificate a
 * connection; in turn, the ratio taken round by round.
 */
export async function measureCertificates({ governed }: Contenders, { rounds, progress }: BenchOptions) {
  const [caller] = governed.one;
  if (caller === undefined) throw new Error('there is no agent');
  const pair = await makeCertificate(caller.key.privateKey, 'agent-0');
  const { accessToken, port } = await governed.bindToCertificate(pair.x5t);
  const bound = { ...caller, accessToken, isBoundToCertificate: true };
  const perSecond = { dpop: [] as number[], mtls: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    const count = round === 0 ? warmUpCalls : callsARound;
    const runs = {
      dpop: async () => sendAll(port, await governed.prepare([caller], count), connections, pair),
      mtls: async () => sendAll(port, await governed.prepare([bound], count), connections, pair),
    };
    const order = round % 2 === 0 ? (['dpop', 'mtls'] as const) : (['mtls', 'dpop'] as const);
    for (const name of order) {
      const measured = (await runs[name]()).perSecond;
      if (round > 0) perSecond[name].push(measured);
      progress(`${round === 0 ? 'warm-up' : `round ${round}`}: ${name} over TLS ${measured.toFixed(0)}/s`);
    }
  }
  const ratios = perSecond.mtls.map((value, i) => value / (perSecond.dpop[i] ?? Number.NaN));
  return {
    figures: { mtls_calls_per_s: median(perSecond.mtls), mtls_over_dpop: median(ratios) },
    notes: [
      `over TLS, calls a second: a certificate a connection ${median(perSecond.mtls).toFixed(0)}, a proof a call ${median(perSecond.dpop).toFixed(0)}`,
    ],
  };
}
