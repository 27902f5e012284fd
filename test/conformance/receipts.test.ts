import { verifyReceipt } from '@countersign/ledger';
import { digest, ES256, generateSalt } from '@sd-jwt/crypto-nodejs';
import { getListFromStatusListJWT } from '@sd-jwt/jwt-status-list';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { beforeAll, describe, expect, it } from 'vitest';
import { PAYMENT, readAsked } from '../attacks/ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from '../attacks/ground/policies.ts';
import { type Caller, createCaller } from '../scenarios/ground/create-caller.ts';
import { useScene } from '../scenarios/ground/use-scene.ts';

const scene = useScene({ policy: ASK_BEFORE_PAY });
let caller: Caller;

beforeAll(async () => {
  caller = createCaller(await scene().gateway.enrol(), scene().url);
});

async function decide(decision: 'approve' | 'deny', reference: string) {
  const { gateway } = scene();
  const payment = { ...PAYMENT, to: reference };
  const approval = readAsked(await caller.call('pay', payment));
  const given = await gateway.administrator.decide(approval, decision);
  expect(given.status).toBe(200);
  const { json } = await gateway.administrator.request('GET', `/v1/approvals/${approval}/receipt`);
  return { approval, payment, receipt: (json as { receipt: string }).receipt };
}

async function fetchIssuer() {
  const { url } = scene().gateway;
  const issuer = await (await fetch(`${url}/.well-known/jwt-vc-issuer`)).json();
  expect(issuer.issuer).toBe(url);
  return issuer.jwks.keys as { readonly [member: string]: string }[];
}

/** The library of others, with the issuer's published keys; it fetches the status list and the type itself. */
async function makeVerifier() {
  const [key] = await fetchIssuer();
  if (key === undefined) throw new Error('no key is published');
  const verifier = await ES256.getVerifier(key);
  return new SDJwtVcInstance({
    ...{ verifier, statusVerifier: verifier },
    ...{ hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt, signAlg: 'ES256' },
    statusListFetcher: async (uri) => (await fetch(uri)).text(),
    vctFetcher: async (uri) => (await fetch(uri)).json(),
  });
}

describe('receipts of decisions', () => {
  it('approval.receipt: are read and verified by a library nobody here wrote', async () => {
    const { approval, payment, receipt } = await decide('approve', 'DE0001');
    const library = await makeVerifier();
    const { payload } = await library.verify(receipt);
    expect(payload).toMatchObject({
      iss: scene().gateway.url,
      approval: { id: approval, outcome: 'approved' },
    });
    const claims = (await library.getClaims(receipt)) as { signedAction: string; votes: unknown[] };
    expect(JSON.parse(claims.signedAction).arguments).toEqual(payment);
    expect(claims.votes).toHaveLength(1);
    const type = await library.getVct(receipt);
    expect(type).toMatchObject({ mergedTypeMetadata: { name: 'Approval receipt' } });
  });

  it('approval.receipt: are still theirs when a holder leaves the arguments and the people out', async () => {
    const { receipt } = await decide('approve', 'DE0002');
    const library = await makeVerifier();
    const shown = await library.present(receipt, {});
    const { payload } = await library.verify(shown);
    expect(JSON.stringify(payload)).not.toContain('DE0002');
    expect(verifyReceipt(shown, { keys: await fetchIssuer() })).toMatchObject({ valid: true, hidden: 2 });
  });

  it('approval.receipt: say by their status list that a yes was taken back', async () => {
    const { receipt } = await decide('approve', 'DE0003');
    const library = await makeVerifier();
    await library.verify(receipt);
    const { claims } = verifyReceipt(receipt);
    const place = claims?.status.status_list ?? { idx: -1, uri: '' };
    const before = getListFromStatusListJWT(await (await fetch(place.uri)).text());
    expect(before.statusList.length).toBeGreaterThanOrEqual(100_000);
    expect(before.getStatus(place.idx)).toBe(0);
    const { gateway } = scene();
    await gateway.administrator.decide(claims?.approval.id ?? '', 'deny');
    gateway.advance(11_000);
    expect(getListFromStatusListJWT(await (await fetch(place.uri)).text()).getStatus(place.idx)).toBe(1);
    await expect(library.verify(receipt)).rejects.toThrow(/status/i);
  });

  it('approval.receipt-tampered: are refused by both when anything in them was changed', async () => {
    const { receipt } = await decide('deny', 'DE0004');
    const library = await makeVerifier();
    const keys = await fetchIssuer();
    const [jwt = '', ...parts] = receipt.split('~');
    const [head = '', body = '', signature = ''] = jwt.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
    claims.approval.outcome = 'approved';
    const forgedBody = Buffer.from(JSON.stringify(claims)).toString('base64url');
    const content = JSON.parse(Buffer.from(parts[0] ?? '', 'base64url').toString());
    const forgedPart = Buffer.from(JSON.stringify([content[0], content[1], 'other'])).toString('base64url');
    for (const forged of [
      [[head, forgedBody, signature].join('.'), ...parts].join('~'),
      [[head, body, signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))].join('.'), ...parts].join('~'),
      [jwt, forgedPart, ...parts.slice(1)].join('~'),
    ]) {
      expect(verifyReceipt(forged, { keys }).valid).toBe(false);
      await expect(library.verify(forged).then(() => library.getClaims(forged))).rejects.toThrow();
    }
  });
});
