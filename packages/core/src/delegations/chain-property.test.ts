import { describe, expect, it } from 'vitest';
import { checkChain, effectiveLimits } from './chain.ts';
import { permits } from './permits.ts';
import { makeCall, makeChain, Random, START } from './random-chain.fixture.ts';

const CHAINS = 100_000;
const CALLS = 4;

describe('delegation.chains-only-narrow', () => {
  it(`no child permits what an ancestor does not, in ${CHAINS} random chains`, { timeout: 240_000 }, () => {
    const random = new Random(20_260_601);
    let valid = 0;
    let long = 0;
    let permitted = 0;
    let escapes = 0;
    for (let number = 0; number < CHAINS; number += 1) {
      const chain = makeChain(random);
      const checked = checkChain(chain, START);
      if (checked.valid) valid += 1;
      if (checked.valid && chain.links.length > 1) long += 1;
      // What the whole chain permits, valid or not, is what all of its links do.
      const whole = checked.valid ? checked.limits : effectiveLimits(chain);
      for (let call = 0; call < CALLS; call += 1) {
        const aim = chain.links[random.below(chain.links.length)] ?? chain.links[0];
        if (aim === undefined) continue;
        const attempt = makeCall(random, aim.limits);
        // From the person's down: once one refuses, nobody below may permit it.
        const answers = chain.links.map((link) => permits(link.limits, attempt).permitted);
        const refusedAt = answers.indexOf(false);
        const hasEscaped = refusedAt >= 0 && answers.includes(true, refusedAt);
        if (hasEscaped) escapes += 1;
        if (!answers.includes(false)) permitted += 1;
        if (hasEscaped && checked.valid) expect.unreachable(JSON.stringify({ chain, attempt }));
        if (whole !== undefined && permits(whole, attempt).permitted && refusedAt >= 0) {
          expect.unreachable(JSON.stringify({ chain, attempt }));
        }
      }
    }
    // The test would say nothing if hardly any chain were valid, no call permitted, or no bent link ever caught.
    expect(valid).toBeGreaterThan(CHAINS * 0.3);
    expect(long).toBeGreaterThan(CHAINS * 0.2);
    expect(permitted).toBeGreaterThan(CHAINS * 0.1);
    expect(escapes).toBeGreaterThan(CHAINS * 0.01);
  });
});
