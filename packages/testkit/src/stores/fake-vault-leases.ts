import { randomUUID } from 'node:crypto';
import type { StoreReply } from './start-json-server.ts';

export interface FakeLeases {
  make(path: string, token: string): StoreReply;
  answer(path: string, body: Readonly<Record<string, unknown>>): StoreReply;
  endAllOf(token: string): void;
  /** Passwords that are good now, in the order they were made. */
  live(): readonly string[];
}

interface FakeLease {
  readonly token: string;
  readonly password: string;
  endsAt: number;
  renewals: number;
}

/** The lease half of a secrets engine such as `database`. */
export function createFakeLeases(now: () => number, seconds: number, renewals: number): FakeLeases {
  const leases = new Map<string, FakeLease>();
  const isLive = (lease: FakeLease | undefined): lease is FakeLease =>
    lease !== undefined && now() < lease.endsAt;
  return {
    make(path, token) {
      const id = `${path}/${randomUUID()}`;
      const password = `pw-${randomUUID()}`;
      leases.set(id, { token, password, endsAt: now() + seconds * 1000, renewals });
      const data = { username: `v-${path.split('/').at(-1)}-${randomUUID().slice(0, 8)}`, password };
      return {
        status: 200,
        body: { lease_id: id, lease_duration: seconds, renewable: true, data, auth: null },
      };
    },
    answer(path, body) {
      const id = String(body.lease_id);
      const lease = leases.get(id);
      if (path === 'sys/leases/revoke') {
        leases.delete(id);
        return { status: 204 };
      }
      if (!isLive(lease) || lease.renewals === 0)
        return { status: 400, body: { errors: ['lease not found'] } };
      lease.renewals--;
      lease.endsAt = now() + seconds * 1000;
      return { status: 200, body: { lease_id: id, lease_duration: seconds, renewable: true } };
    },
    endAllOf(token) {
      for (const [id, lease] of leases) if (lease.token === token) leases.delete(id);
    },
    live: () => [...leases.values()].filter(isLive).map(({ password }) => password),
  };
}
