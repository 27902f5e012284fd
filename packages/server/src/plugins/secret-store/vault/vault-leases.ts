import { AppError } from '@countersign/api';
import { isJsonObject, type JsonValue } from '@countersign/core';
import type { StoreAnswer } from '../store-client.ts';
import { encodePath, type VaultClient } from './vault-client.ts';

export interface Lease {
  readonly id: string;
  readonly values: ReadonlyMap<string, JsonValue>;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
}

/** Credentials that Vault makes for a while: renewed while used, replaced before they end, given back at the end. */
export interface VaultLeases {
  get(path: string): Promise<Lease>;
  /** They ended with the token they were made under. */
  forget(): void;
  close(): Promise<void>;
}

interface HeldLease extends Lease {
  /** As long as it was first given for. */
  readonly seconds: number;
  usableUntil: number;
  renewAt: number;
  isRenewable: boolean;
}

const againMilliseconds = 10_000;
const mostReplaced = 100;
const longestSeconds = 366 * 86_400;

export function createVaultLeases(options: {
  readonly name: string;
  readonly vault: VaultClient;
  now(): number;
}): VaultLeases {
  const { name, vault, now } = options;
  const held = new Map<string, HeldLease>();
  const refreshing = new Map<string, Promise<HeldLease>>();
  // Calls in flight may still use them; they end by themselves, or with this process.
  const replaced: HeldLease[] = [];
  const isUsable = (lease: HeldLease): boolean => now() >= lease.issuedAt && now() < lease.usableUntil;

  const take = async (path: string): Promise<HeldLease> => {
    const at = now();
    const lease = readLease(await vault.call('GET', encodePath(path)), path, at, name);
    const last = held.get(path);
    if (last !== undefined) replaced.push(last);
    if (replaced.length > mostReplaced) replaced.shift();
    held.set(path, lease);
    return lease;
  };
  const renew = async (path: string, lease: HeldLease): Promise<HeldLease> => {
    const at = now();
    const asked = lease.seconds;
    // Unless this works, the next time a new one is taken.
    lease.isRenewable = false;
    const answer = await vault.call('POST', 'sys/leases/renew', { lease_id: lease.id, increment: asked });
    const renewed = readRenewal(answer, lease, name);
    if (renewed === undefined) return take(path);
    const { usableUntil, renewAt } = limit(renewed.seconds, at);
    // Close to its longest life a lease is renewed by less and less.
    lease.isRenewable = renewed.isRenewable && renewed.seconds > asked / 2;
    lease.usableUntil = usableUntil;
    lease.renewAt = renewAt;
    return lease;
  };
  const refresh = (path: string): Promise<HeldLease> => {
    const running = refreshing.get(path);
    if (running !== undefined) return running;
    const lease = held.get(path);
    const mayRenew = lease?.isRenewable === true && isUsable(lease);
    const mine = (mayRenew ? renew(path, lease) : take(path)).finally(() => refreshing.delete(path));
    refreshing.set(path, mine);
    return mine;
  };
  return {
    async get(path) {
      const lease = held.get(path);
      if (lease === undefined || !isUsable(lease)) return refresh(path);
      if (now() >= lease.renewAt) {
        // Beside the call, which has a lease that is good: a slow store delays nobody until the lease ends.
        lease.renewAt = now() + againMilliseconds;
        refresh(path).catch(() => {});
      }
      return lease;
    },
    forget() {
      held.clear();
      replaced.length = 0;
    },
    async close() {
      await Promise.allSettled(refreshing.values());
      const open = [...held.values(), ...replaced].filter(isUsable);
      held.clear();
      replaced.length = 0;
      await Promise.allSettled(
        open.map(({ id }) => vault.call('POST', 'sys/leases/revoke', { lease_id: id })),
      );
    },
  };
}

function readLease({ status, body }: StoreAnswer, path: string, at: number, name: string): HeldLease {
  if (status === 404) throw new AppError('secret.not_found', { detail: `${name} does not make it` });
  const { lease_id: id, lease_duration: seconds, renewable, data } = isJsonObject(body) ? body : {};
  if (typeof id !== 'string' || !isJsonObject(data) || !isDuration(seconds)) throw lied(name, 'no lease');
  // The lease's own name says what it is of: an answer to another question is not used.
  if (!id.startsWith(`${path}/`)) throw lied(name, 'a lease of something else');
  return {
    id,
    values: new Map(Object.entries(data)),
    issuedAt: at,
    seconds,
    isRenewable: renewable === true,
    ...limit(seconds, at),
  };
}

/** Undefined when Vault no longer knows the lease. */
function readRenewal({ status, body }: StoreAnswer, lease: Lease, name: string) {
  if (status === 404) return undefined;
  const { lease_id: id, lease_duration: seconds, renewable } = isJsonObject(body) ? body : {};
  if (id !== lease.id || !isDuration(seconds)) throw lied(name, 'a renewal of something else');
  return { seconds, isRenewable: renewable === true };
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= longestSeconds;
}

/** Counted from the question and ended a tenth early, so that no call goes out with what ends on its way. */
function limit(seconds: number, at: number): { readonly usableUntil: number; readonly renewAt: number } {
  return { usableUntil: at + seconds * 900, renewAt: at + seconds * 500 };
}

function lied(name: string, what: string): AppError {
  return new AppError('secret.unavailable', { detail: `${name} cannot be trusted: it answers with ${what}` });
}
