import { randomUUID } from 'node:crypto';
import type { StoreReply } from './start-json-server.ts';

type Body = Readonly<Record<string, unknown>>;

export interface FakeTokens {
  /** What a login has to prove: a secret id for AppRole, a service account's token for Kubernetes. */
  expect(proof: { readonly secretId?: string; readonly jwt?: string }): void;
  /** A token that somebody made by hand. */
  create(): string;
  revoke(token: string): void;
  live(): readonly string[];
  isGood(token: string): boolean;
  logIn(path: string, body: Body): StoreReply;
  answer(path: string, token: string): StoreReply;
}

const refused: StoreReply = { status: 400, body: { errors: ['invalid role or secret ID'] } };

/** Logins, look-ups, renewals and revocations of tokens. */
export function createFakeTokens(
  now: () => number,
  seconds: number,
  onRevoked: (token: string) => void,
): FakeTokens {
  const tokens = new Map<string, number>();
  let expected: { readonly secretId?: string; readonly jwt?: string } = {};
  const create = (): string => {
    const token = `hvs.${randomUUID()}`;
    tokens.set(token, now() + seconds * 1000);
    return token;
  };
  const isGood = (token: string): boolean => now() < (tokens.get(token) ?? 0);
  const revoke = (token: string): void => {
    tokens.delete(token);
    onRevoked(token);
  };
  return {
    expect(proof) {
      expected = proof;
    },
    create,
    revoke,
    isGood,
    live: () => [...tokens.keys()].filter(isGood),
    logIn(path, body) {
      const isRight =
        path === 'auth/approle/login'
          ? body.role_id === 'countersign' && body.secret_id === expected.secretId
          : body.role === 'countersign' && body.jwt === expected.jwt;
      if (!isRight) return refused;
      const auth = { client_token: create(), lease_duration: seconds, renewable: true };
      return { status: 200, body: { auth } };
    },
    answer(path, token) {
      const left = Math.ceil(((tokens.get(token) ?? 0) - now()) / 1000);
      if (path === 'auth/token/lookup-self')
        return { status: 200, body: { data: { ttl: left, renewable: true } } };
      if (path === 'auth/token/renew-self') {
        tokens.set(token, now() + seconds * 1000);
        const auth = { client_token: token, lease_duration: seconds, renewable: true };
        return { status: 200, body: { auth } };
      }
      revoke(token);
      return { status: 204 };
    },
  };
}
