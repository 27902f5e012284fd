import { type JWTVerifyGetKey, jwtVerify } from 'jose';
import { CountersignError } from './countersign-error.ts';

/** Token Status List: what a token says about where its status stands. */
export interface StatusPlace {
  readonly idx: number;
  readonly uri: string;
}

interface HeldList {
  readonly bits: number;
  readonly bytes: Uint8Array;
  /** Epoch milliseconds at which the issuer made it. */
  readonly madeAt: number;
  readonly expiresAt: number;
  readonly ttlMilliseconds: number;
}

export interface StatusListParts {
  readonly issuer: string;
  readonly keys: JWTVerifyGetKey;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly freshnessMilliseconds: number;
}

const longestToken = 262_144;
const longestList = 1_048_576;
const mostLists = 256;
const patienceMilliseconds = 3_000;

/** The issuer's signed status lists, each fetched again once it is older than it may be. */
export class StatusLists {
  readonly #parts: StatusListParts;
  readonly #held = new Map<string, HeldList>();
  readonly #fetches = new Map<string, Promise<HeldList>>();

  constructor(parts: StatusListParts) {
    this.#parts = parts;
  }

  /**
   * 0 valid, 1 invalid, 2 suspended (§7.1). Throws `token.status_unknown` when no list young enough can be had: never an
   * answer from an older one.
   */
  async read({ idx, uri }: StatusPlace): Promise<number> {
    // Nobody but the issuer is asked, whatever the token says.
    if (!uri.startsWith(`${this.#parts.issuer}/`)) throw unknown('the list is somebody else’s');
    const held = this.#held.get(uri);
    const { bits, bytes } = held !== undefined && this.#isFresh(held) ? held : await this.#fetchOnce(uri);
    const perByte = 8 / bits;
    const byte = bytes[Math.floor(idx / perByte)];
    if (!Number.isInteger(idx) || idx < 0 || byte === undefined)
      throw unknown('the place is not in the list');
    return (byte >> ((idx % perByte) * bits)) & ((1 << bits) - 1);
  }

  #isFresh({ madeAt, expiresAt, ttlMilliseconds }: HeldList): boolean {
    const now = this.#parts.now();
    const age = now - madeAt;
    return age <= Math.min(ttlMilliseconds, this.#parts.freshnessMilliseconds) && now < expiresAt;
  }

  #fetchOnce(uri: string): Promise<HeldList> {
    const under = this.#fetches.get(uri);
    if (under !== undefined) return under;
    const fetched = this.#fetch(uri).finally(() => this.#fetches.delete(uri));
    this.#fetches.set(uri, fetched);
    return fetched;
  }

  async #fetch(uri: string): Promise<HeldList> {
    let list: HeldList;
    try {
      const response = await this.#parts.fetch(uri, {
        headers: { accept: 'application/statuslist+jwt' },
        redirect: 'error',
        signal: AbortSignal.timeout(patienceMilliseconds),
      });
      if (!response.ok) throw new Error(`status ${response.status}`);
      list = await this.#open(await response.text(), uri);
    } catch (cause) {
      throw unknown('the list cannot be had', cause);
    }
    // A list that was old when it came, from a cache in between, proves nothing of now.
    if (!this.#isFresh(list)) throw unknown('the list is too old');
    if (this.#held.size >= mostLists) this.#held.clear();
    this.#held.set(uri, list);
    return list;
  }

  async #open(token: string, uri: string): Promise<HeldList> {
    if (token.length > longestToken) throw new Error('the list is too long');
    const { issuer, keys, now } = this.#parts;
    const { payload } = await jwtVerify(token, keys, {
      ...{ issuer, subject: uri, typ: 'statuslist+jwt', algorithms: ['ES256'], currentDate: new Date(now()) },
      requiredClaims: ['exp', 'iat', 'ttl', 'status_list'],
    });
    const { bits, lst } = payload.status_list as { bits?: unknown; lst?: unknown };
    if (typeof lst !== 'string' || (bits !== 1 && bits !== 2 && bits !== 4 && bits !== 8)) {
      throw new Error('not a status list');
    }
    return {
      bits,
      bytes: await inflate(lst),
      madeAt: Number(payload.iat) * 1000,
      expiresAt: Number(payload.exp) * 1000,
      ttlMilliseconds: Number(payload.ttl) * 1000,
    };
  }
}

/** ZLIB (RFC 1950), bounded while it grows. */
async function inflate(base64url: string): Promise<Uint8Array> {
  const packed = Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
    letter.charCodeAt(0),
  );
  const chunks: Uint8Array[] = [];
  let length = 0;
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
  for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > longestList) throw new Error('the list is too long');
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function unknown(why: string, cause?: unknown): CountersignError {
  const error = new CountersignError(
    'token.status_unknown',
    `whether the token is still good is unknown: ${why}`,
    503,
  );
  error.cause = cause;
  return error;
}
