import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, type JWK } from 'jose';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';

/** What signs security events: RSA of 2048 bits for RS256, because the CAEP interoperability profile takes nothing else. */
export interface EventKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

type KeyParts = Pick<Context, 'masterKey' | 'platform' | 'store'>;

/** Of their own, in a key set of their own: none of these can sign a token, and no token key an event. */
export interface EventKeys {
  /** The one that signs; made when the first event is signed. */
  current(): Promise<EventKey>;
  /** RFC 7517 JWK Set. */
  publish(): Promise<{ readonly keys: readonly JWK[] }>;
  /** Makes another; the one before stays in the set for a day. Returns its id. */
  rotate(by: string): Promise<string>;
  /** Another gateway may have made one. */
  refresh(): void;
}

const bits = 2048;
const keptMilliseconds = 86_400_000;
const generate = promisify(generateKeyPair);

export function createEventKeys(parts: KeyParts): EventKeys {
  let held: Promise<EventKey> | undefined;
  const load = async (): Promise<EventKey> => {
    const row = await findCurrent(parts.store);
    if (row === undefined) await addKey(parts, 'system:start');
    const found = row ?? (await findCurrent(parts.store));
    if (found === undefined) throw new Error('no key signs security events');
    const jwk: JWK = JSON.parse(parts.masterKey.open(found.sealed_private, purposeOf(found.kid)));
    return { kid: found.kid, privateKey: createPrivateKey({ key: jwk, format: 'jwk' }) };
  };
  const current = (): Promise<EventKey> => {
    held ??= load().catch((thrown: unknown) => {
      held = undefined;
      throw thrown;
    });
    return held;
  };
  return {
    current,
    async publish() {
      await current();
      const rows = await parts.store.sql
        .selectFrom('server_keys')
        .select(['kid', 'public_jwk'])
        .where('use', '=', 'event')
        .where((where) =>
          where.or([where('removed_at', 'is', null), where('removed_at', '>', parts.platform.now())]),
        )
        .orderBy('created_at', 'desc')
        .execute();
      return {
        keys: rows.map(({ kid, public_jwk }) => ({
          ...(JSON.parse(public_jwk) as JWK),
          ...{ kid, alg: 'RS256', use: 'sig' },
        })),
      };
    },
    async rotate(by) {
      const kid = await addKey(parts, by);
      held = undefined;
      return kid;
    },
    refresh() {
      held = undefined;
    },
  };
}

function findCurrent(store: KeyParts['store']) {
  return store.sql
    .selectFrom('server_keys')
    .select(['kid', 'sealed_private'])
    .where('use', '=', 'event')
    .where('retired_at', 'is', null)
    .orderBy('created_at', 'desc')
    .executeTakeFirst();
}

async function addKey({ masterKey, platform, store }: KeyParts, by: string): Promise<string> {
  const { privateKey } = await generate('rsa', { modulusLength: bits });
  const publicJwk = createPublicKey(privateKey).export({ format: 'jwk' });
  const kid = await calculateJwkThumbprint(publicJwk as JWK);
  const now = platform.now();
  await store.transaction(async (tx) => {
    const retired = await retireKeys(tx, now);
    await tx.sql
      .insertInto('server_keys')
      .values({
        ...{ kid, use: 'event', alg: 'RS256', public_jwk: JSON.stringify(publicJwk) },
        sealed_private: masterKey.seal(JSON.stringify(privateKey.export({ format: 'jwk' })), purposeOf(kid)),
        ...{ created_at: now, retired_at: null, removed_at: null },
      })
      .execute();
    tx.record({
      id: platform.newId('rec'),
      kind: 'signal.keys_rotated',
      at: now,
      causes: [],
      body: { by, kid, retired },
    });
  });
  return kid;
}

async function retireKeys(tx: Transaction, now: number): Promise<readonly string[]> {
  const rows = await tx.sql
    .updateTable('server_keys')
    .set({ retired_at: now, removed_at: now + keptMilliseconds })
    .where('use', '=', 'event')
    .where('retired_at', 'is', null)
    .returning('kid')
    .execute();
  return rows.map(({ kid }) => kid);
}

function purposeOf(kid: string): string {
  return `server_keys/event/${kid}`;
}
