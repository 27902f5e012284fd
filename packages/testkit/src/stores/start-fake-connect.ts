import { type FakeStore, type StoreCall, type StoreReply, startJsonServer } from './start-json-server.ts';

export interface FakeItem {
  readonly id: string;
  readonly title: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly version: number;
  readonly updatedAt: string;
  readonly state?: 'ARCHIVED' | 'DELETED';
}

/** What of 1Password Connect's HTTP API a secret store uses, with its shapes and status codes. */
export interface FakeConnect extends FakeStore {
  readonly token: string;
  /** The one vault: its title and its id. */
  readonly vault: { readonly id: string; readonly title: string };
  /** Adds an item, or replaces that of the same id. */
  put(item: FakeItem): void;
  /** Answers a question about one item with another. */
  swap(id: string, other: string): void;
}

const vault = { id: 'hfnjvi6aymbsnfc2xeeoheizda', title: 'Production' };
const token = 'eyJhbGciOiJFUzI1NiJ9.connect.token';
const nothing: StoreReply = { status: 404, body: { status: 404, message: 'not found' } };

export async function startFakeConnect(): Promise<FakeConnect> {
  const items = new Map<string, FakeItem>();
  const swapped = new Map<string, string>();
  const answer = (call: StoreCall): StoreReply => {
    if (call.headers.authorization !== `Bearer ${token}`)
      return { status: 401, body: { status: 401, message: 'Invalid bearer token' } };
    const [, version, kind, vaultId, , itemId] = call.path.split('/');
    if (version !== 'v1' || kind !== 'vaults') return nothing;
    if (vaultId === undefined) {
      const isAsked = readFilter(call, 'name') === vault.title;
      return { status: 200, body: isAsked ? [{ id: vault.id, name: vault.title }] : [] };
    }
    if (vaultId !== vault.id) return nothing;
    if (itemId === undefined) {
      const title = readFilter(call, 'title');
      const found = [...items.values()].filter((item) => item.title === title);
      return { status: 200, body: found.map(({ id }) => ({ id, title, vault: { id: vault.id } })) };
    }
    const item = items.get(swapped.get(itemId) ?? itemId);
    return item === undefined ? nothing : { status: 200, body: describe(item) };
  };
  const server = await startJsonServer(answer);
  return {
    ...server,
    token,
    vault,
    put: (item) => void items.set(item.id, item),
    swap: (id, other) => void swapped.set(id, other),
  };
}

function readFilter({ query }: StoreCall, name: string): string | undefined {
  return new RegExp(`^${name} eq "(.*)"$`).exec(query.get('filter') ?? '')?.[1];
}

function describe({ id, title, version, updatedAt, fields, state }: FakeItem): object {
  const listed = Object.entries(fields).map(([label, value]) => ({
    id: `id-${label}`,
    label,
    value,
    type: 'CONCEALED',
  }));
  return { id, title, version, updatedAt, vault: { id: vault.id }, fields: listed, ...(state && { state }) };
}
