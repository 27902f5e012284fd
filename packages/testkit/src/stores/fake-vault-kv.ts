import type { StoreCall, StoreReply } from './start-json-server.ts';

type Data = Readonly<Record<string, unknown>>;

interface Version {
  readonly data: Data;
  readonly created: string;
}

export interface FakeKv {
  /** `path` follows the mount: `data/…` or `metadata/…`. */
  answer(call: StoreCall, path: string): StoreReply;
  put(path: string, data: Data): void;
  rollBack(path: string, version: number): void;
}

const nothing: StoreReply = { status: 404, body: { errors: [] } };

/** KV version 2: versions, check-and-set, metadata, listing. */
export function createFakeKv(now: () => number): FakeKv {
  const secrets = new Map<string, Version[]>();
  const write = (path: string, data: Data): Version => {
    // Vault tells nanoseconds.
    const created = new Date(now()).toISOString().replace(/Z$/, '123456Z');
    const version = { data, created };
    secrets.set(path, [...(secrets.get(path) ?? []), version]);
    return version;
  };
  const describe = (number: number, { created }: Version) => ({
    created_time: created,
    custom_metadata: null,
    deletion_time: '',
    destroyed: false,
    version: number,
  });
  const readData = (path: string): StoreReply => {
    const versions = secrets.get(path) ?? [];
    const last = versions.at(-1);
    if (last === undefined) return nothing;
    return { status: 200, body: { data: { data: last.data, metadata: describe(versions.length, last) } } };
  };
  const writeData = (path: string, body: Data): StoreReply => {
    const count = secrets.get(path)?.length ?? 0;
    const options = (body.options ?? {}) as { cas?: number };
    if (options.cas !== undefined && options.cas !== count)
      return { status: 400, body: { errors: ['check-and-set parameter did not match the current version'] } };
    const written = write(path, body.data as Data);
    return { status: 200, body: { data: describe(count + 1, written) } };
  };
  return {
    answer({ method, query, body }, full) {
      const [kind = '', ...rest] = full.split('/');
      const path = rest.map(decodeURIComponent).join('/');
      if (kind === 'data') return method === 'POST' ? writeData(path, body) : readData(path);
      if (kind !== 'metadata') return nothing;
      if (method === 'DELETE') {
        secrets.delete(path);
        return { status: 204 };
      }
      if (query.get('list') === 'true') return list(secrets, path);
      const count = secrets.get(path)?.length;
      return count === undefined ? nothing : { status: 200, body: { data: { current_version: count } } };
    },
    put: (path, data) => void write(path, data),
    rollBack: (path, version) => void secrets.set(path, (secrets.get(path) ?? []).slice(0, version)),
  };
}

function list(secrets: ReadonlyMap<string, unknown>, folder: string): StoreReply {
  const keys = [...secrets.keys()]
    .filter((path) => path.startsWith(`${folder}/`))
    .map((path) => path.slice(folder.length + 1).replace(/\/.*$/, '/'));
  return keys.length === 0 ? nothing : { status: 200, body: { data: { keys: [...new Set(keys)].sort() } } };
}
