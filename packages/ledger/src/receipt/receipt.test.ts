import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { createPasskey } from '@countersign/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256Text } from '../sha256.ts';
import { readCoseKey } from './read-cose-key.ts';
import { encodeDisclosure, readSdJwt } from './read-sd-jwt.ts';
import type { ReceiptClaims, ReceiptVote } from './receipt-claims.ts';
import { verifyReceipt } from './verify-receipt.ts';

const issuer = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publish = (key: KeyObject) => ({ ...key.export({ format: 'jwk' }), kid: 'k1' });
const keys = [publish(issuer.publicKey)];
const origin = 'https://gate.example';
const signedAction = JSON.stringify({
  ...{ agent: 'agt_1', agents: ['agt_1'], arguments: { amount: 124000 }, chain: ['dlg_1'], expiresAt: 3 },
  ...{ key: 'thumb', policyVersion: 'pol_1', requirement: { quorum: 1 }, target: 'payments' },
  ...{ task: 'tsk_1', tool: 'refund', type: 'countersign/approval/v1' },
});
const digest = sha256Text(Buffer.from(signedAction));
const ofTwo = signedAction.replace('"quorum":1', '"quorum":2');
const digestOfTwo = sha256Text(Buffer.from(ofTwo));
const approvalOf = (quorum: number) => ({
  ...{ id: 'apr_1', kind: 'call', outcome: 'approved' as const, quorum, record: 'rec_2' },
  ...{ requestedAt: 1, decidedAt: 2, expiresAt: 3 },
});
const action = {
  ...{ digest, callDigest: 'c', agent: 'agt_1', task: 'tsk_1', upstream: 'payments', tool: 'refund' },
  ...{ agents: ['agt_1'], chain: ['dlg_1'], policyVersion: 'pol_1' },
};
const twoAgree = {
  text: ofTwo,
  claims: { approval: approvalOf(2), action: { ...action, digest: digestOfTwo } },
};

function makeVote(challenge = digest, change: Partial<ReceiptVote> = {}): ReceiptVote {
  const passkey = createPasskey({ rpId: 'gate.example', origin });
  const { attestationObject } = passkey.register('').response;
  const { response } = passkey.assert(challenge);
  return {
    person: `per_${passkey.credentialId.slice(0, 26)}`,
    name: 'Approver',
    outcome: 'approve',
    reason: null,
    at: 2,
    record: 'rec_1',
    passkey: {
      credentialId: passkey.credentialId,
      publicKey: Buffer.from(attestationObject, 'base64url').subarray(-77).toString('base64url'),
      authenticatorData: response.authenticatorData,
      clientDataJson: response.clientDataJSON,
      signature: response.signature,
      rpId: 'gate.example',
      origin,
    },
    ...change,
  };
}

interface Made {
  readonly claims?: Partial<ReceiptClaims> & Readonly<Record<string, unknown>>;
  readonly votes?: readonly ReceiptVote[];
  readonly header?: Readonly<Record<string, unknown>>;
  readonly key?: KeyObject;
  readonly text?: string;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function make({ claims, votes = [makeVote()], header, key = issuer.privateKey, text }: Made = {}): string {
  const salt = new Uint8Array(16);
  const hidden = votes.map((vote, at) => encodeDisclosure(salt.fill(at), vote));
  const shown = encodeDisclosure(salt, text ?? signedAction, 'signedAction');
  const payload = {
    ...{ iss: origin, vct: `${origin}/approvals/receipts/v1`, iat: 1, cnf: { jkt: 'thumb' } },
    status: { status_list: { idx: 3, uri: `${origin}/status/0` } },
    approval: approvalOf(1),
    action,
    votes: hidden.map((one) => ({ '...': one.digest })),
    _sd: [shown.digest],
    _sd_alg: 'sha-256',
    ...claims,
  };
  const jwk = issuer.publicKey.export({ format: 'jwk' });
  const head = encode({ alg: 'ES256', typ: 'dc+sd-jwt', kid: 'k1', jwk, ...header });
  const signed = `${head}.${encode(payload)}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  const jwt = `${signed}.${signature.toString('base64url')}`;
  return [jwt, shown.disclosure, ...hidden.map((one) => one.disclosure), ''].join('~');
}

const findings = (text: string, given = keys) => verifyReceipt(text, { keys: given }).findings;

describe('verifying a receipt', () => {
  it('accepts what the issuer and the passkeys signed', () => {
    expect(verifyReceipt(make(), { keys })).toMatchObject({ valid: true, proven: true, key: 'given' });
    expect(verifyReceipt(make())).toMatchObject({ valid: true, key: 'claimed' });
  });

  it.each<[string, string, readonly string[]]>([
    ['another issuer’s key', make({ key: other.privateKey }), ['bad_signature']],
    ['another key id', make({ header: { kid: 'k2' } }), ['unknown_key']],
    ['no algorithm', make({ header: { alg: 'none' } }), ['not_a_receipt']],
    ['another type', make({ header: { typ: 'JWT' } }), ['not_a_receipt']],
    ['another text than was signed', make({ text: signedAction.replace('124000', '1') }), ['action_changed']],
    [
      'a vote over another action',
      make({ votes: [makeVote(sha256Text(Buffer.from('x')))] }),
      ['vote_unproven'],
    ],
    ['a yes without a signature', make({ votes: [makeVote(digest, { passkey: null })] }), ['vote_unproven']],
    ['too few votes', make({ votes: [] }), ['quorum_unproven']],
    ['no text', '', ['not_a_receipt']],
    ['a JWT alone', make().split('~')[0] ?? '', ['not_a_receipt']],
  ])('refuses %s', (_what, text, expected) => {
    expect(findings(text)).toEqual(expected);
  });

  it('counts one person once', () => {
    const vote = makeVote(digestOfTwo);
    expect(findings(make({ ...twoAgree, votes: [vote, { ...vote, at: 3 }] }))).toEqual(['quorum_unproven']);
    expect(findings(make({ ...twoAgree, votes: [vote, makeVote(digestOfTwo)] }))).toEqual([]);
  });

  it.each<[string, Made['claims']]>([
    ['another tool', { action: { ...action, tool: 'wire_all' } }],
    ['another agent', { action: { ...action, agent: 'agt_2' } }],
    ['another upstream', { action: { ...action, upstream: 'bank' } }],
    ['a shorter chain', { action: { ...action, chain: [] } }],
    ['another policy', { action: { ...action, policyVersion: 'pol_2' } }],
    ['another key', { cnf: { jkt: 'other' } }],
    ['a later end', { approval: { ...approvalOf(1), expiresAt: 4 } }],
    ['a grant', { approval: { ...approvalOf(1), grant: { uses: 9, expiresAt: 3 } } }],
  ])('refuses %s than the passkey signed, whoever issued it', (_what, claims = {}) => {
    expect(findings(make({ claims }))).toEqual(['action_changed']);
  });

  it('refuses a smaller quorum than the passkeys signed, and a text of another kind', () => {
    const lowered = { ...twoAgree.claims, approval: approvalOf(1) };
    const votes = [makeVote(digestOfTwo)];
    expect(findings(make({ text: ofTwo, claims: lowered, votes }))).toEqual(['action_changed']);
    const text = '{"type":"countersign/sign-in/v1"}';
    const other = sha256Text(Buffer.from(text));
    const claims = { action: { ...action, digest: other } };
    expect(findings(make({ text, claims, votes: [makeVote(other)] }))).toEqual(['action_changed']);
  });

  it('refuses a signature that was made at another origin', () => {
    expect(findings(make({ claims: { iss: 'https://other.example' } }))).toEqual(['vote_unproven']);
  });

  it.each([
    ['an unverified person', { withoutVerification: true }],
    ['another origin', { origin: 'https://evil.example' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['a frame of another site', { crossOrigin: true }],
    ['another key', { withAnotherKey: true }],
    ['a registration', { type: 'webauthn.create' }],
  ])('refuses a passkey signature by %s', (_what, forge) => {
    const vote = makeVote();
    if (vote.passkey === null) throw new Error('no passkey');
    const passkey = createPasskey({ rpId: 'gate.example', origin });
    const { attestationObject } = passkey.register('').response;
    const { response } = passkey.assert(digest, forge);
    const forged = {
      ...vote.passkey,
      publicKey: Buffer.from(attestationObject, 'base64url').subarray(-77).toString('base64url'),
      authenticatorData: response.authenticatorData,
      clientDataJson: response.clientDataJSON,
      signature: response.signature,
    };
    expect(findings(make({ votes: [{ ...vote, passkey: forged }] }))).toEqual(['vote_unproven']);
  });

  it('takes a text that lists the action for a yes to it, and no other text', () => {
    const group = (actions: readonly string[], type = 'countersign/group/v1') =>
      JSON.stringify({ actions, type });
    const signedWith = (signedText: string) =>
      make({ votes: [makeVote(sha256Text(Buffer.from(signedText)), { signedText })] });
    expect(findings(signedWith(group(['x', digest])))).toEqual([]);
    expect(findings(signedWith(group(['x'])))).toEqual(['vote_unproven']);
    expect(findings(signedWith(group([digest], 'countersign/authority/v1')))).toEqual(['vote_unproven']);
    expect(findings(signedWith(`"${digest}"`))).toEqual(['vote_unproven']);
  });

  it('takes one person who broke the glass for enough, over exactly this action', () => {
    const glass = (actionDigest: string) =>
      JSON.stringify({ actionDigest, nonce: 'n', type: 'countersign/break-glass/v1' });
    const alone = (signedText: string) =>
      make({ ...twoAgree, votes: [makeVote(sha256Text(Buffer.from(signedText)), { signedText })] });
    expect(findings(alone(glass(digestOfTwo)))).toEqual([]);
    expect(findings(alone(glass('x')))).toEqual(['vote_unproven', 'quorum_unproven']);
  });

  it('says that something was left out, and never that what is left is proven', () => {
    const [jwt = '', action = ''] = make().split('~');
    const bare = verifyReceipt(`${jwt}~`, { keys });
    expect(bare).toMatchObject({ valid: true, hidden: 2, proven: false });
    expect(verifyReceipt(`${jwt}~${action}~`, { keys }).claims?.signedAction).toBe(signedAction);
  });

  it('refuses a disclosure that was added, repeated or swapped', () => {
    const whole = make();
    const [jwt = '', action = '', vote = ''] = whole.split('~');
    const foreign = encodeDisclosure(new Uint8Array(16), 'yes', 'approved').disclosure;
    for (const parts of [
      [action, vote, foreign],
      [action, action, vote],
      [Buffer.from('["","signedAction"]').toString('base64url')],
      [Buffer.from('["","_sd",[]]').toString('base64url')],
      [Buffer.from('["","__proto__",{}]').toString('base64url')],
      ['*'],
    ])
      expect(findings([jwt, ...parts, ''].join('~'))).toEqual(['not_a_receipt']);
  });

  it('refuses every change of a byte', () => {
    const whole = make();
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = String.fromCharCode((whole.charCodeAt(at) ^ by) & 0xff);
        const text = whole.slice(0, at) + changed + whole.slice(at + 1);
        const verdict = verifyReceipt(text, { keys });
        // White space around it is not part of it, and a part cut off is one that was left out.
        return !verdict.valid || verdict.hidden > 0 || text.trim() === whole;
      }),
      { numRuns: 2_000 },
    );
  });

  it('never throws, whatever it is given', () => {
    fc.assert(fc.property(fc.string(), (text) => !verifyReceipt(`${text}~`, { keys }).valid));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => readCoseKey(bytes) === undefined));
    expect(readSdJwt(`${'a'.repeat(5_000_000)}~`)).toBeUndefined();
    let deep: unknown = 1;
    for (let i = 0; i < 100; i++) deep = [deep];
    expect(findings(make({ claims: { deep } }))).toEqual(['not_a_receipt']);
  });
});

describe('the status of a receipt', () => {
  const makeList = (change: object = {}, key = issuer.privateKey, header: object = {}) => {
    const bytes = new Uint8Array(16);
    bytes[0] = 0b0001_0000;
    const status_list = { bits: 1, lst: deflateSync(bytes).toString('base64url') };
    const claims = { sub: `${origin}/status/0`, iat: 9, exp: 10, status_list, ...change };
    const head = { alg: 'ES256', typ: 'statuslist+jwt', kid: 'k1', ...header };
    const signed = `${encode(head)}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  };
  const place = (idx: number) => ({ status: { status_list: { idx, uri: `${origin}/status/0` } } });
  const judge = (idx: number, statusList: string) =>
    verifyReceipt(make({ claims: place(idx) }), { keys, statusList });

  it('is read at its own place', () => {
    expect(judge(3, makeList()).status).toEqual({ value: 'valid', at: 9 });
    expect(judge(4, makeList()).status).toEqual({ value: 'invalid', at: 9 });
  });

  it.each<[string, number, string]>([
    ['beyond the list', 128, makeList()],
    ['before it', -1, makeList()],
    ['in a list of another name', 3, makeList({ sub: `${origin}/status/1` })],
    ['in a list that another signed', 3, makeList({}, other.privateKey)],
    ['in another kind of token', 3, makeList({}, issuer.privateKey, { typ: 'JWT' })],
    ['in a list that is none', 3, makeList({ status_list: { bits: 3, lst: 'AA' } })],
    [
      'in a list that swells',
      3,
      makeList({ status_list: { bits: 1, lst: deflateSync(Buffer.alloc(8_000_000)).toString('base64url') } }),
    ],
  ])('is unknown %s', (_where, idx, list) => {
    const verdict = judge(idx, list);
    expect(verdict.status).toBeNull();
    expect(verdict.findings).toEqual(['status_unreadable']);
  });
});
