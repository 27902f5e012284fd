import { createFakeKv } from './fake-vault-kv.ts';
import { createFakeLeases, type FakeLeases } from './fake-vault-leases.ts';
import { createFakeTokens, type FakeTokens } from './fake-vault-tokens.ts';
import {
  type FakeStore,
  type JsonServerOptions,
  type StoreCall,
  type StoreReply,
  startJsonServer,
} from './start-json-server.ts';

export interface FakeVaultOptions extends JsonServerOptions {
  /** Epoch milliseconds; the machine's clock when absent. */
  now?(): number;
  /** Seconds a token, and a lease, lives. */
  readonly tokenSeconds?: number;
  readonly leaseSeconds?: number;
  /** How often a lease may be renewed. */
  readonly renewals?: number;
}

/** What of HashiCorp Vault's and OpenBao's HTTP API a secret store uses, with their shapes and status codes. */
export interface FakeVault extends FakeStore {
  readonly tokens: FakeTokens;
  readonly leases: FakeLeases;
  /** Writes one more version of `secret/<path>`, as a person would. */
  put(path: string, data: Readonly<Record<string, unknown>>): void;
  /** Takes away everything after this version, as a replica that lags or a restored snapshot does. */
  rollBack(path: string, version: number): void;
  /** Answers a question about one path with another. */
  swap(path: string, other: string): void;
  /** No policy permits this path, whatever the token. */
  forbid(path: string): void;
}

/** The KV version 2 engine is at `secret`, `database` makes credentials; AppRole and Kubernetes can log in. */
export async function startFakeVault(options: FakeVaultOptions = {}): Promise<FakeVault> {
  const now = options.now ?? Date.now;
  const kv = createFakeKv(now);
  const leases = createFakeLeases(now, options.leaseSeconds ?? 3600, options.renewals ?? 100);
  const tokens = createFakeTokens(now, options.tokenSeconds ?? 3600, (token) => leases.endAllOf(token));
  const swapped = new Map<string, string>();
  const forbidden = new Set<string>();

  const answer = (call: StoreCall): StoreReply => {
    const path = call.path.replace(/^\/v1\//, '');
    if (path.startsWith('auth/') && path.endsWith('/login')) return tokens.logIn(path, call.body);
    const token = call.headers['x-vault-token'] ?? '';
    if (!tokens.isGood(token) || forbidden.has(path))
      return { status: 403, body: { errors: ['permission denied'] } };
    if (path.startsWith('auth/token/')) return tokens.answer(path, token);
    if (path.startsWith('sys/leases/')) return leases.answer(path, call.body);
    const asked = swapped.get(path) ?? path;
    if (path.startsWith('database/creds/')) return leases.make(asked, token);
    if (path.startsWith('secret/')) return kv.answer(call, asked.slice('secret/'.length));
    return { status: 404, body: { errors: [] } };
  };
  const server = await startJsonServer(answer, options);
  return {
    ...server,
    tokens,
    leases,
    put: (path, data) => kv.put(path, data),
    rollBack: (path, version) => kv.rollBack(path, version),
    swap: (path, other) => void swapped.set(path, other),
    forbid: (path) => void forbidden.add(path),
  };
}
