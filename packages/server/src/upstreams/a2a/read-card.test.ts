import { generateKeyPairSync, sign } from 'node:crypto';
import type { AppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { DocumentUnavailable, type FetchDocument } from '../../outbound/fetch-document.ts';
import { canonicalCard } from './canonical-card.ts';
import { describeSkills } from './describe-skills.ts';
import { readCard } from './read-card.ts';

const url = 'https://peer.example';
const jwksUrl = `${url}/jwks.json`;
const rpc = { url: `${url}/rpc`, protocolBinding: 'JSONRPC', protocolVersion: '1.0' };
const card: JsonObject = {
  name: 'Clerk',
  description: 'Keeps the books.',
  version: '1',
  supportedInterfaces: [rpc],
  capabilities: { streaming: true },
  skills: [{ id: 'lookup', name: 'Look up', description: 'Finds.', tags: ['books'] }],
};

function makeSigner(kid = 'k1') {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid };
  return {
    jwk,
    sign(signed: JsonObject, more: object = {}): JsonObject {
      const head = Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'JOSE', kid, ...more })).toString(
        'base64url',
      );
      const text = `${head}.${Buffer.from(canonicalCard(signed)).toString('base64url')}`;
      const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return { ...signed, signatures: [{ protected: head, signature: signature.toString('base64url') }] };
    },
  };
}

/** Answers what is there, notes what was asked for, and follows nothing. */
function serve(documents: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  const fetchDocument: FetchDocument = async (wanted) => {
    asked.push(wanted.url);
    const found = documents[wanted.url];
    if (found === undefined) throw new DocumentUnavailable('the answer was 302');
    return { text: typeof found === 'string' ? found : JSON.stringify(found), headers: {} };
  };
  return { asked, fetchDocument };
}

const cardUrl = `${url}/.well-known/agent-card.json`;
const own = makeSigner();
const stranger = makeSigner();

async function codeOf(shown: unknown, signedBy: { jwksUrl: string } | null = { jwksUrl }) {
  const documents = {
    [cardUrl]: shown,
    [jwksUrl]: { keys: [own.jwk] },
    'https://evil.example/jwks': { keys: [stranger.jwk] },
  };
  const { asked, fetchDocument } = serve(documents);
  const settings = { url, ...(signedBy === null ? {} : { signedBy }) };
  const code = await readCard(settings, fetchDocument).then(
    () => 'ok',
    (error: AppError) => error.code,
  );
  return { code, asked };
}

describe('readCard', () => {
  it('believes a card that a configured key has signed, and one of somebody unnamed where none is', async () => {
    expect((await codeOf(own.sign(card))).code).toBe('ok');
    expect((await codeOf(card, null)).code).toBe('ok');
  });

  it.each<[string, unknown]>([
    ['not signed', card],
    ['altered after it was signed', { ...own.sign(card), description: 'Another.' }],
    ['signed by a stranger', stranger.sign(card)],
    ['signed by a stranger whose keys it names', stranger.sign(card, { jku: 'https://evil.example/jwks' })],
    ['signed by a key it brings', stranger.sign(card, { jwk: stranger.jwk })],
    ['signed by nobody', { ...card, signatures: [{ protected: 'eyJhbGciOiJub25lIn0', signature: '' }] }],
    [
      'at another origin',
      own.sign({ ...card, supportedInterfaces: [{ ...rpc, url: 'https://evil.example/rpc' }] }),
    ],
    ['of another version', own.sign({ ...card, supportedInterfaces: [{ ...rpc, protocolVersion: '0.3' }] })],
    [
      'for a user of its address',
      own.sign({ ...card, supportedInterfaces: [{ ...rpc, url: 'https://a:b@peer.example/rpc' }] }),
    ],
    ['no card', '[]'],
    ['two of one member', '{"name":"a","name":"b"}'],
    ['elsewhere', undefined],
  ])('refuses a card that is %s', async (_, shown) => {
    const { code, asked } = await codeOf(shown);
    expect(code).toBe('upstream.card_invalid');
    expect(asked.every((one) => one === cardUrl || one === jwksUrl)).toBe(true);
  });
});

describe('describeSkills', () => {
  it('takes no hostile name for a skill', () => {
    const skills = ['lookup', 'lookup', '../x', 'a/b', 'x y', '__proto__', '', 'é', 'a'.repeat(200)];
    const { tools, refused } = describeSkills({
      card: { ...card, skills: [...skills.map((id) => ({ id, name: id })), 7] },
      path: '/rpc',
      streams: true,
    });
    expect(tools.map(({ name }) => name)).toEqual(['message', 'message.lookup']);
    expect(refused).toHaveLength(9);
  });
});
