import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { encodeDisclosure, type ReceiptClaims } from '@countersign/ledger';
import { createPasskey } from '../passkey/create-passkey.ts';

export interface TestIssuer {
  readonly origin: string;
  readonly keys: readonly Readonly<Record<string, unknown>>[];
  readonly privateKey: KeyObject;
}

/** Who issues receipts in tests. */
export function makeTestIssuer(origin = 'https://gate.example'): TestIssuer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { origin, privateKey, keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1' }] };
}

/** What a receipt in tests is about. */
export interface TestDecision {
  readonly approval: string;
  readonly callDigest: string;
  readonly policyVersion: string;
  readonly arguments: unknown;
  readonly person: { readonly id: string; readonly name: string };
  /** Records of the vote and of the decision. */
  readonly voted: string;
  readonly decided: string;
}

export interface TestReceipt {
  readonly receipt: string;
  readonly actionDigest: string;
  readonly credentialId: string;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A receipt of one yes with a real passkey, as the server issues them; for tests. */
export function makeTestReceipt(issuer: TestIssuer, decision: TestDecision): TestReceipt {
  const { approval, callDigest, policyVersion, person } = decision;
  const call = { agent: 'agt_1', agents: ['agt_1'], chain: ['dlg_1'], task: 'tsk_1', tool: 'send_payment' };
  const signedAction = JSON.stringify({
    ...{ ...call, arguments: decision.arguments, expiresAt: 3, key: 'thumb', policyVersion },
    ...{ requirement: { quorum: 1 }, target: 'payments', type: 'countersign/approval/v1' },
  });
  const digest = createHash('sha256').update(signedAction).digest('base64url');
  const rpId = new URL(issuer.origin).hostname;
  const passkey = createPasskey({ rpId, origin: issuer.origin });
  const { attestationObject } = passkey.register('').response;
  const { response } = passkey.assert(digest);
  const vote: ReceiptClaims['votes'][number] = {
    ...{
      person: person.id,
      name: person.name,
      outcome: 'approve',
      reason: null,
      at: 2,
      record: decision.voted,
    },
    passkey: {
      credentialId: passkey.credentialId,
      publicKey: Buffer.from(attestationObject, 'base64url').subarray(-77).toString('base64url'),
      authenticatorData: response.authenticatorData,
      clientDataJson: response.clientDataJSON,
      signature: response.signature,
      ...{ rpId, origin: issuer.origin },
    },
  };
  const salt = new Uint8Array(16);
  const shown = encodeDisclosure(salt, signedAction, 'signedAction');
  const hidden = encodeDisclosure(salt, vote);
  const payload = {
    ...{ iss: issuer.origin, vct: `${issuer.origin}/approvals/receipts/v1`, iat: 1, cnf: { jkt: 'thumb' } },
    status: { status_list: { idx: 3, uri: `${issuer.origin}/status/0` } },
    approval: {
      ...{ id: approval, kind: 'call', outcome: 'approved', quorum: 1, record: decision.decided },
      ...{ requestedAt: 1, decidedAt: 2, expiresAt: 3 },
    },
    action: { ...call, digest, callDigest, policyVersion, upstream: 'payments' },
    votes: [{ '...': hidden.digest }],
    _sd: [shown.digest],
    _sd_alg: 'sha-256',
  };
  const signed = `${encode({ alg: 'ES256', typ: 'dc+sd-jwt', kid: 'k1' })}.${encode(payload)}`;
  const signature = sign('sha256', Buffer.from(signed), {
    key: issuer.privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  const receipt = `${signed}.${signature.toString('base64url')}~${shown.disclosure}~${hidden.disclosure}~`;
  return { receipt, actionDigest: digest, credentialId: passkey.credentialId };
}
