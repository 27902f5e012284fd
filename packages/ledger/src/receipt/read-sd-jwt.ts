import { decodeBase64url, encodeBase64url } from '../base64.ts';
import { sha256Text } from '../sha256.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonMembers = Readonly<Record<string, unknown>>;

/** An SD-JWT taken apart: its issuer signed `signed`, and `claims` are what it and the disclosures say together. */
export interface ReadSdJwt {
  readonly header: JsonMembers;
  readonly claims: JsonMembers;
  /** The bytes that the signature covers, and the signature. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  /** How many disclosures the holder left out. */
  readonly hidden: number;
}

const longestText = 4 * 1024 * 1024;
const mostDisclosures = 256;
const deepest = 32;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads an SD-JWT without key binding (RFC 9901 §4, §7.1), hostile text. Undefined when it is malformed, or when a
 * disclosure belongs to nothing, belongs twice or brings a reserved name. Never throws.
 */
export function readSdJwt(text: string): ReadSdJwt | undefined {
  if (text.length > longestText || !text.endsWith('~')) return undefined;
  const [jwt = '', ...rest] = text.split('~');
  const parts = rest.slice(0, -1);
  const segments = jwt.split('.');
  if (segments.length !== 3 || parts.length > mostDisclosures) return undefined;
  const [head = '', body = '', tail = ''] = segments;
  const header = readObject(head);
  const payload = readObject(body);
  const signature = decodeBase64url(tail);
  if (header === undefined || payload === undefined || signature === undefined) return undefined;
  if ((payload._sd_alg ?? 'sha-256') !== 'sha-256') return undefined;
  try {
    const opened = openDisclosures(parts);
    const found = { used: new Set<string>(), hidden: 0 };
    const { _sd_alg, ...claims } = uncover(payload, opened, found, 0) as JsonMembers;
    // What no digest asks for was added by somebody else.
    if (found.used.size !== opened.size) return undefined;
    return { header, claims, signed: encoder.encode(`${head}.${body}`), signature, hidden: found.hidden };
  } catch {
    return undefined;
  }
}

interface Disclosure {
  /** Null for an element of an array. */
  readonly name: string | null;
  readonly value: unknown;
}

function openDisclosures(parts: readonly string[]): ReadonlyMap<string, Disclosure> {
  const opened = new Map<string, Disclosure>();
  for (const part of parts) {
    const content = readJson(part);
    const digest = sha256Text(encoder.encode(part));
    if (!Array.isArray(content) || typeof content[0] !== 'string' || opened.has(digest)) throw refused();
    if (content.length === 2) opened.set(digest, { name: null, value: content[1] });
    else if (content.length === 3 && typeof content[1] === 'string' && !reserved.has(content[1]))
      opened.set(digest, { name: content[1], value: content[2] });
    else throw refused();
  }
  return opened;
}

const reserved: ReadonlySet<string> = new Set(['_sd', '...', '_sd_alg', '__proto__']);

interface Found {
  readonly used: Set<string>;
  hidden: number;
}

/** Puts what was disclosed in the place of its digest. */
function uncover(
  value: unknown,
  opened: ReadonlyMap<string, Disclosure>,
  found: Found,
  depth: number,
): unknown {
  if (depth > deepest) throw refused();
  if (Array.isArray(value)) {
    return value.flatMap((element: unknown) => {
      const digest = readElementDigest(element);
      if (digest === undefined) return [uncover(element, opened, found, depth + 1)];
      const disclosure = take(digest, opened, found);
      if (disclosure === undefined) return [];
      if (disclosure.name !== null) throw refused();
      return [uncover(disclosure.value, opened, found, depth + 1)];
    });
  }
  if (!isObject(value)) return value;
  const members = new Map<string, unknown>();
  for (const [name, member] of Object.entries(value)) {
    if (name !== '_sd') members.set(name, uncover(member, opened, found, depth + 1));
  }
  for (const digest of readDigests(value._sd)) {
    const disclosure = take(digest, opened, found);
    if (disclosure === undefined) continue;
    if (disclosure.name === null || members.has(disclosure.name)) throw refused();
    members.set(disclosure.name, uncover(disclosure.value, opened, found, depth + 1));
  }
  return Object.fromEntries(members);
}

function take(digest: string, opened: ReadonlyMap<string, Disclosure>, found: Found): Disclosure | undefined {
  const disclosure = opened.get(digest);
  if (disclosure === undefined) found.hidden += 1;
  else if (found.used.has(digest)) throw refused();
  else found.used.add(digest);
  return disclosure;
}

function readElementDigest(element: unknown): string | undefined {
  if (!isObject(element) || Object.keys(element).length !== 1) return undefined;
  const digest = element['...'];
  return typeof digest === 'string' ? digest : undefined;
}

function readDigests(value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) throw refused();
  return value;
}

function readObject(segment: string): JsonMembers | undefined {
  try {
    const value = readJson(segment);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** JSON of a base64url segment; a member that comes twice, or would be a prototype, is refused. */
function readJson(segment: string): Json {
  const bytes = decodeBase64url(segment);
  if (bytes === undefined) throw refused();
  const text = decoder.decode(bytes);
  return JSON.parse(text, (name, value: Json) => {
    if (name === '__proto__') throw refused();
    return value;
  });
}

export function isObject(value: unknown): value is JsonMembers {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(): Error {
  return new Error('not an SD-JWT');
}

/** One disclosure as it is sent, and the digest that stands for it (RFC 9901 §4.2). `salt` is 16 random bytes. */
export function encodeDisclosure(
  salt: Uint8Array,
  value: unknown,
  name?: string,
): { readonly disclosure: string; readonly digest: string } {
  const content = name === undefined ? [encodeBase64url(salt), value] : [encodeBase64url(salt), name, value];
  const disclosure = encodeBase64url(encoder.encode(JSON.stringify(content)));
  return { disclosure, digest: sha256Text(encoder.encode(disclosure)) };
}
