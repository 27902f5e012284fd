import { AppError } from '@countersign/api';
import { isJsonObject, type JsonValue } from '@countersign/core';
import type { VaultAuth } from '../../../config/secret-stores.ts';
import type { StoreAnswer, StoreClient } from '../store-client.ts';
import { commonHeaders, encodePath } from './vault-client.ts';

/** Keeps one token of Vault's own good while it is used. Throws `secret.unavailable`. */
export interface VaultLogin {
  token(): Promise<string>;
  /** Vault refused something with this token. True when the token is the reason and another one can be got. */
  reject(token: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface VaultLoginOptions {
  readonly name: string;
  readonly client: StoreClient;
  readonly auth: VaultAuth;
  readonly namespace?: string;
  now(): number;
  readFile(path: string): Promise<string>;
  /** The token was replaced: what was leased under the last one ends with it. */
  onReplaced(): void;
}

interface HeldToken {
  readonly text: string;
  readonly heldAt: number;
  renewAt: number;
  endsAt: number;
  isRenewable: boolean;
}

const againMilliseconds = 10_000;
const tokenText = /^[\x21-\x7e]{1,8192}$/;

export function createVaultLogin(options: VaultLoginOptions): VaultLogin {
  const { name, auth, now } = options;
  let held: HeldToken | undefined;
  let turn: Promise<string> | undefined;
  let rejectedAt = Number.NEGATIVE_INFINITY;

  const begin = async (): Promise<string> => {
    const at = now();
    const before = held;
    const { answer, known } = await logIn(options);
    held = readToken(answer, known, at, name);
    if (before !== undefined && before.text !== held.text) options.onReplaced();
    return held.text;
  };

  const renew = async (current: HeldToken): Promise<string> => {
    const at = now();
    current.renewAt = at + againMilliseconds;
    const answer = await post(options, 'auth/token/renew-self', current.text, {});
    if (answer.status !== 200) return begin();
    const next = readToken(answer, current.text, at, name);
    // Close to its longest life a token is renewed by less and less.
    if (next.endsAt - at < (current.endsAt - current.heldAt) / 2) next.isRenewable = false;
    held = next;
    return next.text;
  };

  const freshen = async (): Promise<string> => {
    const current = held;
    if (current === undefined || now() >= current.endsAt) return begin();
    try {
      return await (current.isRenewable ? renew(current) : begin());
    } catch (thrown) {
      if (now() >= current.endsAt) throw thrown;
      current.renewAt = now() + againMilliseconds;
      return current.text;
    }
  };

  return {
    token() {
      if (held !== undefined && now() >= held.heldAt && now() < held.renewAt)
        return Promise.resolve(held.text);
      turn ??= freshen().finally(() => {
        turn = undefined;
      });
      return turn;
    },
    async reject(token) {
      if (held?.text !== token) return true;
      // A path that is simply not permitted answers 403 too, and what was leased under a good token stays good.
      if ((await lookAt(options, token)).status === 200) return false;
      // A token may not even be permitted to look at itself: not every call may become a login.
      if (now() - rejectedAt < againMilliseconds) return false;
      rejectedAt = now();
      if (held?.text === token) held = undefined;
      options.onReplaced();
      return true;
    },
    async close() {
      const last = held;
      held = undefined;
      // A token out of a file belongs to whoever wrote it there.
      if (last === undefined || auth.method === 'token') return;
      await post(options, 'auth/token/revoke-self', last.text, {}).catch(() => {});
    },
  };
}

/** What Vault says of a token from a file, or a new token for whoever this is. */
async function logIn(options: VaultLoginOptions): Promise<{ answer: StoreAnswer; known?: string }> {
  const { auth } = options;
  switch (auth.method) {
    case 'token': {
      const known = await readSecretFile(options, auth.tokenFile);
      return { known, answer: await lookAt(options, known) };
    }
    case 'approle': {
      const body = { role_id: auth.roleId, secret_id: await readSecretFile(options, auth.secretIdFile) };
      return { answer: await post(options, `auth/${encodePath(auth.mount)}/login`, undefined, body) };
    }
    case 'kubernetes': {
      const body = { role: auth.role, jwt: await readSecretFile(options, auth.tokenFile) };
      return { answer: await post(options, `auth/${encodePath(auth.mount)}/login`, undefined, body) };
    }
  }
}

function lookAt(options: VaultLoginOptions, token: string): Promise<StoreAnswer> {
  const headers = headersOf(options, token);
  return options.client.send({ method: 'GET', path: '/v1/auth/token/lookup-self', headers });
}

function post(
  options: VaultLoginOptions,
  path: string,
  token: string | undefined,
  body: JsonValue,
): Promise<StoreAnswer> {
  return options.client.send({
    method: 'POST',
    path: `/v1/${path}`,
    headers: headersOf(options, token),
    body,
  });
}

async function readSecretFile({ name, readFile }: VaultLoginOptions, path: string): Promise<string> {
  const text = await readFile(path).catch((cause: unknown) => {
    throw new AppError('secret.unavailable', {
      detail: `${name}: a file of its login cannot be read`,
      cause,
    });
  });
  return text.trim();
}

function headersOf(options: VaultLoginOptions, token: string | undefined): Readonly<Record<string, string>> {
  if (token !== undefined && !tokenText.test(token)) throw refused(options.name, 'its token is no token');
  return { ...commonHeaders(options.namespace), ...(token === undefined ? {} : { 'x-vault-token': token }) };
}

/** From a login or renewal (`auth`), or from a look at a token of a file (`data`). Hostile input. */
function readToken(
  { status, body }: StoreAnswer,
  known: string | undefined,
  at: number,
  name: string,
): HeldToken {
  if (status !== 200) throw refused(name, `it refused the login with status ${status}`);
  const outer = isJsonObject(body) ? body : {};
  const auth = isJsonObject(outer.auth) ? outer.auth : undefined;
  const data = isJsonObject(outer.data) ? outer.data : {};
  const text = known ?? auth?.client_token;
  const seconds = auth === undefined ? data.ttl : auth.lease_duration;
  if (typeof text !== 'string' || !tokenText.test(text)) throw refused(name, 'its login gave no token');
  if (typeof seconds !== 'number' || !(seconds >= 0)) throw refused(name, 'its token has no life time');
  const life = seconds === 0 ? Number.POSITIVE_INFINITY : seconds * 1000;
  const isRenewable = (auth ?? data).renewable === true;
  return { text, heldAt: at, renewAt: at + life / 2, endsAt: at + life, isRenewable };
}

function refused(name: string, what: string): AppError {
  return new AppError('secret.unavailable', { detail: `${name}: ${what}` });
}
