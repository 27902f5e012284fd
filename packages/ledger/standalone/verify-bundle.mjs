// Made from packages/ledger/src by scripts/build-verifier.ts; nothing in it comes from elsewhere.
import { createReadStream, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createPublicKey, hash, verify } from 'node:crypto';
import { inflateSync } from 'node:zlib';
// packages/ledger/src/base64.ts
/** Standard base64 with padding (RFC 4648 section 4). */
function encodeBase64(bytes) {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
/** Unpadded base64url (RFC 4648 section 5). */
function encodeBase64url(bytes) {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}
/** The bytes of standard base64, or undefined: only the one canonical spelling of a byte string is accepted. */
function decodeBase64(text) {
  const bytes = new Uint8Array(Buffer.from(text, 'base64'));
  return encodeBase64(bytes) === text ? bytes : void 0;
}
/** The bytes of unpadded base64url, or undefined: only the one canonical spelling of a byte string is accepted. */
function decodeBase64url(text) {
  const bytes = new Uint8Array(Buffer.from(text, 'base64url'));
  return encodeBase64url(bytes) === text ? bytes : void 0;
}
// packages/ledger/src/order-members.ts
/** What no object can hold in canonical order, or `JSON.stringify` would not write as it stands. */
const unordered = Symbol('unordered');
/**
 * A value that `JSON.stringify` writes as canonical JSON: the same one when its members are in order already, else a
 * copy of as much as is not. Objects keep names that look like indexes before all others, so those are left to others.
 * Throws TypeError on what canonical JSON cannot carry, or nests deeper than `maximumDepth`.
 */
function orderMembers(value, maximumDepth) {
  if (maximumDepth < 0) throw new TypeError('nested too deeply for canonical JSON');
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new TypeError('canonical JSON has no lone surrogates');
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('canonical JSON has no NaN or infinity');
      return value;
    case 'boolean':
      return value;
    case 'object':
      if (value === null) return value;
      if ('toJSON' in value) return unordered;
      return Array.isArray(value) ? orderItems(value, maximumDepth) : orderObject(value, maximumDepth);
    default:
      throw new TypeError(`canonical JSON has no ${typeof value}`);
  }
}
function orderItems(items, maximumDepth) {
  let copy;
  for (let at = 0; at < items.length; at += 1) {
    const ordered = orderMembers(items[at], maximumDepth - 1);
    if (ordered === unordered) return unordered;
    if (ordered !== items[at]) copy ??= items.slice();
    if (copy !== void 0) copy[at] = ordered;
  }
  return copy ?? items;
}
function orderObject(value, maximumDepth) {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return unordered;
  const members = value;
  const names = Object.keys(value);
  const isOrdered = areInOrder(names);
  if (!isOrdered) names.sort();
  let copy = isOrdered ? void 0 : {};
  for (const name of names) {
    if (name === '__proto__' || !name.isWellFormed()) return unordered;
    const member = members[name];
    if (member === void 0) continue;
    const ordered = orderMembers(member, maximumDepth - 1);
    if (ordered === unordered) return unordered;
    if (ordered !== member) copy ??= { ...members };
    if (copy !== void 0) copy[name] = ordered;
  }
  if (copy === void 0) return value;
  return areInOrder(Object.keys(copy)) ? copy : unordered;
}
/** By UTF-16 code units, as RFC 8785 section 3.2.3 demands. */
function areInOrder(names) {
  for (let at = 1; at < names.length; at += 1) if ((names[at - 1] ?? '') > (names[at] ?? '')) return false;
  return true;
}
// packages/ledger/src/canonical-json.ts
const maximumDepth = 64;
/** Text without anything to escape, as most is: testing it costs less than escaping it. */
const plainText = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
/**
 * Canonical JSON (RFC 8785) of a JSON value: one byte string per value, so that equal values have equal hashes.
 * Object members whose value is undefined are left out, as in `JSON.stringify`.
 * Throws TypeError on what JSON or RFC 8785 cannot carry (NaN, infinities, lone surrogates, functions, bigint) and on
 * nesting deeper than 64 levels.
 */
function canonicalJson(value) {
  const ordered = orderMembers(value, maximumDepth);
  return ordered === unordered ? writeValue(value, 0) : JSON.stringify(ordered);
}
function writeValue(value, depth) {
  if (depth > maximumDepth) throw new TypeError('nested too deeply for canonical JSON');
  if (value === null) return 'null';
  switch (typeof value) {
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      return writeNumber(value);
    case 'string':
      return writeString(value);
    case 'object':
      return Array.isArray(value) ? writeArray(value, depth) : writeObject(value, depth);
    default:
      throw new TypeError(`canonical JSON has no ${typeof value}`);
  }
}
function writeNumber(value) {
  if (!Number.isFinite(value)) throw new TypeError('canonical JSON has no NaN or infinity');
  return JSON.stringify(value);
}
/** RFC 8785 section 3.2.2.2 takes over ECMAScript's escapes, but refuses lone surrogates instead of escaping them. */
function writeString(value) {
  if (plainText.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw new TypeError('canonical JSON has no lone surrogates');
  return JSON.stringify(value);
}
function writeArray(values, depth) {
  const parts = [];
  for (const value of values) parts.push(writeValue(value, depth + 1));
  return `[${parts.join(',')}]`;
}
function writeObject(value, depth) {
  const parts = [];
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== void 0) parts.push(`${writeString(key)}:${writeValue(member, depth + 1)}`);
  }
  return `{${parts.join(',')}}`;
}
/**
 * Why a payload is not there: it was erased; whoever made the bundle left it out; they may not see what records say, or
 * not this record; or it is not what was recorded, so that somebody has changed the data.
 */
const withheldReasons = ['damaged', 'erased', 'left_out', 'not_permitted', 'out_of_scope'];
/** Hashes that one line may hold. */
const hashesPerLine = 1024;
// packages/ledger/src/sha256.ts
const hashBytes = 32;
/** SHA-256 (FIPS 180-4) of one byte string, 32 bytes. */
function sha256(bytes) {
  const text = hash('sha256', bytes, 'binary');
  const digest = new Uint8Array(hashBytes);
  for (let at = 0; at < hashBytes; at += 1) digest[at] = text.charCodeAt(at);
  return digest;
}
/** The same as unpadded base64url text. */
function sha256Text(bytes) {
  return hash('sha256', bytes, 'base64url');
}
// packages/ledger/src/bundle/check-definitions.ts
const encoder$7 = new TextEncoder();
/** What is decided again under policies names their version. */
const decisions = /* @__PURE__ */ new Set(['action.decision', 'action.release']);
/**
 * Whether the policies are those that were put in force, and every decision here has those it was made under, as far as a
 * reader of only some of the log is given them. Returns how many are kept from such a reader.
 */
function checkPolicies(policies, records, { findings, isScoped }) {
  const activated = /* @__PURE__ */ new Map();
  const decided = /* @__PURE__ */ new Map();
  for (const { id, kind, policyVersion = '', digest } of records) {
    if (policyVersion === '') continue;
    if (decisions.has(kind) && !decided.has(policyVersion)) decided.set(policyVersion, id);
    if (kind !== 'policy.activated' || digest === void 0) continue;
    activated.set(policyVersion, (activated.get(policyVersion) ?? /* @__PURE__ */ new Set()).add(digest));
  }
  const shown = /* @__PURE__ */ new Set();
  for (const { version, files } of policies) {
    const known = activated.get(version);
    if (shown.has(version) || !decided.has(version))
      findings.add('policy.unbound', `no decision here needs ${version}, or it is there twice`);
    else if (known === void 0)
      findings.add('policy.unbound', `no record here says that ${version} was put in force`);
    else if (!known.has(digestPolicy({ files })))
      findings.add('policy.changed', `the text is not that of ${version}`);
    shown.add(version);
  }
  const absent = [...decided].filter(([version]) => !shown.has(version));
  if (isScoped) return absent.length;
  for (const [version, id] of absent)
    findings.add('policy.missing', `the text of ${version} is not here`, id);
  return 0;
}
/** SHA-256, base64url, of the canonical files in the order of their names, as the record of their activation has it. */
function digestPolicy({ files }) {
  return digest$1(canonicalJson(files.toSorted((one, other) => (one.name < other.name ? -1 : 1))));
}
/** Whether each definition is one that a call here was classified by. */
function checkTools(tools, records, findings) {
  const called = /* @__PURE__ */ new Set();
  for (const { kind, toolDigest } of records)
    if (kind === 'action.intent' && toolDigest !== void 0) called.add(toolDigest);
  const shown = /* @__PURE__ */ new Set();
  for (const tool of tools) {
    const found = digestTool(tool);
    if (!called.has(found) || shown.has(found))
      findings.add('tool.unbound', `no call here was of ${tool.upstream}/${tool.name} as it is defined here`);
    shown.add(found);
  }
}
/** SHA-256, base64url, as the record of a call has it. */
function digestTool({ upstream, definition }) {
  return digest$1(canonicalJson({ definition, type: 'countersign/tool/v1', upstream }));
}
function digest$1(text) {
  return sha256Text(encoder$7.encode(text));
}
const commitmentTag = Buffer.from('countersign-ledger-payload-v1\n');
const namePattern = /^[A-Za-z0-9._:~-]{1,128}$/;
const commitmentPattern = /^[A-Za-z0-9_-]{43}$/;
const entryKeys = 'at,causes,commitment,id,kind,seq,stream,v';
const maximumCauses = 64;
/** True for what may stand as a stream, id, kind or cause: 1 to 128 characters that JSON never escapes. */
function isEntryName(value) {
  return typeof value === 'string' && namePattern.test(value);
}
/**
 * The leaf's bytes: the entry as canonical JSON (RFC 8785). The shape is fixed and its strings need no escapes, so it
 * is written out; tests compare it with the general encoder. The entry must satisfy `parseEntry`.
 */
function encodeEntry(entry) {
  const causes = entry.causes.length === 0 ? '[]' : `["${entry.causes.join('","')}"]`;
  return `{"at":${entry.at},"causes":${causes},"commitment":"${entry.commitment}","id":"${entry.id}","kind":"${entry.kind}","seq":${entry.seq},"stream":"${entry.stream}","v":1}`;
}
/**
 * The commitment to a payload: base64url(SHA-256(`countersign-ledger-payload-v1` || 0x0A || salt || payload)), where
 * payload is canonical JSON in UTF-8. Throws RangeError when the salt is not 16 bytes.
 */
function commitPayload(salt, payload) {
  if (salt.length !== 16) throw new RangeError(`a salt has 16 bytes`);
  const start = commitmentTag.length + 16;
  const input = Buffer.allocUnsafe(start + Buffer.byteLength(payload));
  input.set(commitmentTag, 0);
  input.set(salt, commitmentTag.length);
  input.write(payload, start);
  return sha256Text(input);
}
/** A value read from hostile JSON as an entry, or undefined: no member may be missing, of another shape, or extra. */
function parseEntry(value) {
  if (typeof value !== 'object' || value === null) return void 0;
  if (Object.keys(value).sort().join(',') !== entryKeys) return void 0;
  const entry = value;
  const { stream, seq, id, at, kind, causes, commitment } = entry;
  if (entry.v !== 1 || !isCount$1(seq) || !isCount$1(at)) return void 0;
  if (!isEntryName(stream) || !isEntryName(id) || !isEntryName(kind)) return void 0;
  if (!Array.isArray(causes) || causes.length > maximumCauses || !causes.every(isEntryName)) return void 0;
  if (typeof commitment !== 'string' || !commitmentPattern.test(commitment)) return void 0;
  return { v: 1, stream, seq, id, at, kind, causes, commitment };
}
function isCount$1(value) {
  return Number.isSafeInteger(value) && value >= 0;
}
// packages/ledger/src/bundle/parse-bundle-line.ts
const mostProofSteps = 64;
const mostMembers = 1e4;
/**
 * One hostile line of a bundle, or undefined. Any second spelling of the same JSON is refused, and any member that the format
 * does not have: another reader might read something else than what was verified. Never throws.
 */
function parseBundleLine(line) {
  try {
    const value = JSON.parse(line);
    if (!isObject$1(value) || canonicalJson(value) !== line) return void 0;
    const known = readers.get(value.type);
    return known !== void 0 && hasExactly(value, known.members) ? known.read(value) : void 0;
  } catch {
    return;
  }
}
const readers = /* @__PURE__ */ new Map([
  [
    'header',
    {
      members: [
        'format',
        'madeAt',
        'madeFor',
        'origin',
        'selection',
        'stream',
        'truncated',
        'type',
        'v',
        'vkey',
      ],
      read: readHeader,
    },
  ],
  ['checkpoint', { members: ['checkpoint', 'type', 'witnessed'], read: readCheckpoint }],
  ['hashes', { members: ['hashes', 'type'], read: readHashLine }],
  ['record', { members: ['entry', 'payload', 'proof', 'salt', 'type', 'withheld'], read: readRecord }],
  ['missing', { members: ['causes', 'type'], read: readMissing }],
  ['issuer', { members: ['keys', 'type'], read: readIssuer }],
  ['policy', { members: ['files', 'type', 'version'], read: readPolicy }],
  ['tool', { members: ['definition', 'name', 'type', 'upstream'], read: readTool }],
  ['receipt', { members: ['receipt', 'status', 'type'], read: readReceipt }],
  ['end', { members: ['record', 'type'], read: readEnd }],
]);
function readHeader(value) {
  const { format, v, madeAt, madeFor, origin, selection, stream, truncated, vkey } = value;
  if (format !== 'countersign-bundle' || v !== 1 || !isCount(madeAt) || typeof truncated !== 'boolean')
    return void 0;
  if (!isEntryName(stream) || typeof origin !== 'string' || typeof vkey !== 'string') return void 0;
  const reader = readReader(madeFor);
  if (reader === void 0 || !isObject$1(selection)) return void 0;
  return { type: 'header', header: { madeAt, madeFor: reader, origin, selection, stream, truncated, vkey } };
}
function readReader(value) {
  if (!isObject$1(value) || typeof value.id !== 'string' || typeof value.name !== 'string') return void 0;
  const { id, name, access } = value;
  if (hasExactly(value, ['id', 'name'])) return { id, name };
  if (!hasExactly(value, ['access', 'id', 'name']) || !isObject$1(access)) return void 0;
  const { until, watermark } = access;
  if (!hasExactly(access, ['until', 'watermark']) || !isCount(until) || !isEntryName(watermark))
    return void 0;
  return { id, name, access: { until, watermark } };
}
function readCheckpoint({ checkpoint, witnessed }) {
  if (typeof checkpoint !== 'string') return void 0;
  if (witnessed === null) return { type: 'checkpoint', checkpoint: { checkpoint, witnessed } };
  if (!isObject$1(witnessed) || !hasExactly(witnessed, ['checkpoint', 'consistency'])) return void 0;
  const consistency = readHashes(witnessed.consistency, 128);
  const earlier = witnessed.checkpoint;
  if (typeof earlier !== 'string' || consistency === void 0) return void 0;
  return { type: 'checkpoint', checkpoint: { checkpoint, witnessed: { checkpoint: earlier, consistency } } };
}
function readHashLine(value) {
  const hashes = readHashes(value.hashes, hashesPerLine);
  return hashes === void 0 || hashes.length === 0 ? void 0 : { type: 'hashes', hashes };
}
function readRecord({ payload, proof, salt, withheld, ...value }) {
  const entry = parseEntry(value.entry);
  if (entry === void 0 || !Array.isArray(proof) || proof.length > mostProofSteps || !proof.every(isCount))
    return void 0;
  const steps = proof;
  if (payload === null && salt === null) {
    const reason = withheldReasons.find((one) => one === withheld);
    return reason && { type: 'record', record: { entry, opening: reason, proof: steps } };
  }
  const bytes = typeof salt === 'string' ? decodeBase64url(salt) : void 0;
  if (withheld !== null || bytes?.length !== 16 || !isObject$1(payload)) return void 0;
  return {
    type: 'record',
    record: { entry, opening: { payload: canonicalJson(payload), salt: bytes }, proof: steps },
  };
}
function readMissing({ causes }) {
  if (!Array.isArray(causes) || causes.length === 0 || causes.length > mostMembers) return void 0;
  return causes.every(isEntryName) ? { type: 'missing', causes } : void 0;
}
function readIssuer({ keys }) {
  return Array.isArray(keys) && keys.length <= 1e3 && keys.every(isObject$1)
    ? { type: 'issuer', keys }
    : void 0;
}
function readPolicy({ version, files }) {
  if (!isEntryName(version) || !Array.isArray(files) || files.length > 1e3) return void 0;
  return files.every(
    (file) =>
      isObject$1(file) &&
      hasExactly(file, ['name', 'text']) &&
      typeof file.name === 'string' &&
      typeof file.text === 'string',
  )
    ? { type: 'policy', policy: { version, files } }
    : void 0;
}
function readTool({ upstream, name, definition }) {
  if (typeof upstream !== 'string' || typeof name !== 'string' || !isObject$1(definition)) return void 0;
  return { type: 'tool', tool: { upstream, name, definition } };
}
function readReceipt({ receipt, status }) {
  if (typeof receipt !== 'string' || (status !== null && typeof status !== 'string')) return void 0;
  return { type: 'receipt', receipt: { receipt, status } };
}
function readEnd({ record }) {
  return isEntryName(record) ? { type: 'end', record } : void 0;
}
function readHashes(value, most) {
  if (!Array.isArray(value) || value.length > most) return void 0;
  const hashes = [];
  for (const item of value) {
    const hash = typeof item === 'string' ? decodeBase64(item) : void 0;
    if (hash?.length !== 32) return void 0;
    hashes.push(hash);
  }
  return hashes;
}
function hasExactly(value, names) {
  return Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name));
}
function isObject$1(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function isCount(value) {
  return Number.isSafeInteger(value) && value >= 0;
}
// packages/ledger/src/read-lines.ts
const newline = 10;
/** Lines longer than this are cut by `readLines` and refused by `verifyExport`. In UTF-16 units and in bytes. */
const maximumLineLength = 4194304;
/**
 * Splits hostile bytes into lines without their newline, never holding more than one line and one chunk. A longer line
 * comes out cut, one byte over the limit; a line that is not UTF-8 comes out as one U+FFFD. Neither can pass for a record.
 */
async function* readLines(chunks, limitBytes = maximumLineLength) {
  const parts = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    while (start < chunk.length) {
      const found = chunk.indexOf(newline, start);
      const end = found < 0 ? chunk.length : found;
      const piece = chunk.slice(start, Math.min(end, start + limitBytes + 1 - length));
      parts.push(piece);
      length += piece.length;
      start = end + 1;
      if (found < 0) break;
      yield decodeLine(parts);
      parts.length = 0;
      length = 0;
    }
  }
  if (length > 0) yield decodeLine(parts);
}
function decodeLine(parts) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(parts));
  } catch {
    return '�';
  }
}
// packages/ledger/src/bundle/bundle-facts.ts
const ofRecord = ['action', 'approval', 'person', 'policyVersion'];
const ofBody = ['actionDigest', 'callDigest', 'credentialId', 'digest', 'toolDigest'];
const longestFact = 1024;
/** Reads an opened payload, canonical JSON whose members anybody may have chosen; null when it is not there. */
function readFacts({ id, seq, kind }, payload) {
  const own = { id, seq, kind, isOpen: payload !== null };
  if (payload === null) return own;
  const said = JSON.parse(payload);
  const body = readMember(said, 'body');
  return { ...readTexts(said, ofRecord), ...readTexts(body, ofBody), ...own };
}
function readTexts(value, names) {
  const found = {};
  for (const name of names) {
    const text = readMember(value, name);
    if (typeof text === 'string' && text.length <= longestFact) found[name] = text;
  }
  return found;
}
function readMember(value, name) {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return void 0;
  return value[name];
}
// packages/ledger/src/bundle/bundle-findings.ts
const mostListed = 1e3;
/** Findings: the first 1,000 listed, all counted, so that a hostile bundle cannot fill the memory. */
var BundleFindings = class {
  list = [];
  count = 0;
  /** The line that is being read, from 1; null once all were. */
  line = null;
  add(code, detail, record = null) {
    this.count += 1;
    if (this.list.length < mostListed) this.list.push({ code, line: this.line, record, detail });
  }
};
// packages/ledger/src/checkpoint.ts
/** A checkpoint from the text of a note, or undefined. Extension lines are allowed and ignored. */
function parseCheckpoint(text) {
  if (!text.endsWith('\n')) return void 0;
  const [origin, size, encodedRoot, ...extensions] = text.slice(0, -1).split('\n');
  if (!origin || size === void 0 || encodedRoot === void 0 || extensions.includes('')) return void 0;
  const count = /^(0|[1-9][0-9]{0,15})$/.test(size) ? Number(size) : NaN;
  const root = decodeBase64(encodedRoot);
  if (!Number.isSafeInteger(count) || root?.length !== 32) return void 0;
  return { origin, size: count, root };
}
// packages/ledger/src/tree-hash.ts
const nodeInput = /* @__PURE__ */ new Uint8Array(65);
nodeInput[0] = 1;
/** Hash of a leaf: SHA-256(0x00 || bytes), RFC 6962 section 2.1. Text is taken as UTF-8. */
function hashLeaf(content) {
  const length = typeof content === 'string' ? Buffer.byteLength(content) : content.length;
  const input = Buffer.allocUnsafe(length + 1);
  input[0] = 0;
  if (typeof content === 'string') input.write(content, 1);
  else input.set(content, 1);
  return sha256(input);
}
/** Hash of an inner node: SHA-256(0x01 || left || right), RFC 6962 section 2.1. The prefix keeps leaves and nodes apart. */
function hashNode(left, right) {
  nodeInput.set(left, 1);
  nodeInput.set(right, 33);
  return sha256(nodeInput);
}
/** Root of the tree with no leaves: SHA-256 of nothing, RFC 6962 section 2.1. */
function hashEmptyTree() {
  return sha256(/* @__PURE__ */ new Uint8Array(0));
}
/** True when both byte strings are equal. Hashes of public data: the time it takes tells nothing secret. */
function equalBytes(left, right) {
  if (left.length !== right.length) return false;
  return left.every((byte, index) => byte === right[index]);
}
// packages/ledger/src/merkle-proof.ts
/** Whether the path proves the leaf at `index` under this root of `size` leaves, RFC 9162 section 2.1.3.2. */
function verifyInclusion(leafHash, index, size, path, root) {
  if (!isSize(index) || !isSize(size) || index >= size) return false;
  let node = index;
  let last = size - 1;
  let hash = leafHash;
  for (const sibling of path) {
    if (last === 0 || sibling.length !== 32) return false;
    if (node % 2 === 1 || node === last) {
      hash = hashNode(sibling, hash);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else hash = hashNode(hash, sibling);
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && equalBytes(hash, root);
}
/** Whether the path proves that the older tree is the start of the newer one, RFC 9162 section 2.1.4.2. */
function verifyConsistency(oldSize, oldRoot, size, root, path) {
  if (!isSize(oldSize) || !isSize(size) || oldSize > size) return false;
  if (oldSize === size) return path.length === 0 && equalBytes(oldRoot, root);
  if (oldSize === 0) return path.length === 0 && equalBytes(oldRoot, hashEmptyTree());
  if (path.some((hash) => hash.length !== 32)) return false;
  let node = oldSize - 1;
  let last = size - 1;
  while (node % 2 === 1) {
    node = (node - 1) / 2;
    last = Math.floor(last / 2);
  }
  const [seed, ...rest] = node === 0 ? [oldRoot, ...path] : path;
  if (seed === void 0) return false;
  let oldHash = seed;
  let newHash = seed;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      oldHash = hashNode(sibling, oldHash);
      newHash = hashNode(sibling, newHash);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else newHash = hashNode(newHash, sibling);
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && equalBytes(oldHash, oldRoot) && equalBytes(newHash, root);
}
function isSize(value) {
  return Number.isSafeInteger(value) && value >= 0;
}
// packages/ledger/src/signing-key.ts
const keyNamePattern = /^[^\s+\p{Cc}]{1,255}$/u;
/** True for a name a C2SP signed-note key may have. */
function isKeyName(name) {
  return keyNamePattern.test(name) && name.isWellFormed();
}
/** The key of this name, with its id SHA-256(name || 0x0A || type || key)[:4] (C2SP signed-note). Throws RangeError. */
function createSigningKey(type, name, publicKey) {
  if (!isKeyName(name)) throw new RangeError('a key name has no spaces and no plus');
  if (publicKey.length !== 32) throw new RangeError('an Ed25519 public key has 32 bytes');
  return {
    name,
    publicKey,
    keyId: sha256(Buffer.concat([Buffer.from(`${name}\n`), Uint8Array.of(type), publicKey])).slice(0, 4),
  };
}
/** A key from its text, or undefined when it is malformed, of another type, or its id is not its own. */
function parseSigningKey(type, text) {
  const [, name, id, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/su.exec(text) ?? [];
  if (name === void 0 || encoded === void 0 || !isKeyName(name)) return void 0;
  const bytes = decodeBase64(encoded);
  if (bytes?.length !== 33 || bytes[0] !== type) return void 0;
  const key = createSigningKey(type, name, bytes.slice(1));
  return Buffer.from(key.keyId).toString('hex') === id ? key : void 0;
}
// packages/ledger/src/verifier-key.ts
const ed25519Type = 1;
/** A key from its text, or undefined when it is malformed, of another algorithm, or its id is not its own. */
function parseVerifierKey(text) {
  return parseSigningKey(ed25519Type, text);
}
// packages/ledger/src/verify-signature.ts
/** SubjectPublicKeyInfo of Ed25519 (RFC 8410) up to the 32 key bytes. */
const ed25519Prefix = Buffer.from('302a300506032b6570032100', 'hex');
/** Whether this is the Ed25519 signature (RFC 8032) of the 32-byte public key over the message. Never throws. */
function verifySignature(publicKey, message, signature) {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  try {
    const der = Buffer.concat([ed25519Prefix, publicKey]);
    return verify(null, message, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature);
  } catch {
    return false;
  }
}
// packages/ledger/src/note.ts
const encoder$6 = new TextEncoder();
const maximumLength = 1e6;
const maximumSignatures = 100;
const controlCharacters = /[\u0000-\u0009\u000b-\u001f]/;
/** A hostile note taken apart, or undefined when C2SP signed-note does not allow it: 1 MB, 100 signatures. */
function parseNote(note) {
  if (note.length > maximumLength) return void 0;
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) return void 0;
  const text = note.slice(0, split + 1);
  if (!isNoteText(text)) return void 0;
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > maximumSignatures) return void 0;
  const signatures = [];
  for (const line of lines) {
    const signature = parseSignatureLine(line);
    if (signature === void 0) return void 0;
    signatures.push(signature);
  }
  return { text, signatures };
}
/** Whether this key signed the note. Signatures by other keys are left aside, as C2SP signed-note demands. */
function verifyNote(note, key) {
  const own = note.signatures.filter(({ name, keyId }) => name === key.name && equalBytes(keyId, key.keyId));
  if (own.length === 0) return 'unknown_key';
  const message = encoder$6.encode(note.text);
  return own.every(({ signature }) => verifySignature(key.publicKey, message, signature))
    ? 'verified'
    : 'bad_signature';
}
function parseSignatureLine(line) {
  const [dash, name, encoded, ...rest] = line.split(' ');
  if (dash !== '—' || name === void 0 || encoded === void 0 || rest.length > 0) return void 0;
  const bytes = decodeBase64(encoded);
  if (!isKeyName(name) || bytes === void 0 || bytes.length < 5) return void 0;
  return { name, keyId: bytes.slice(0, 4), signature: bytes.slice(4) };
}
function isNoteText(text) {
  return text.endsWith('\n') && text.isWellFormed() && !controlCharacters.test(text);
}
// packages/ledger/src/witness/cosignature.ts
const encoder$5 = new TextEncoder();
const timeBytes = 8;
/** Whether this witness cosigned the note, and when. Lines by others are left aside; one of its own that fails refuses all. */
function verifyCosignature(note, key) {
  const own = note.signatures.filter(({ name, keyId }) => name === key.name && equalBytes(keyId, key.keyId));
  if (own.length === 0) return { verdict: 'unknown_key', at: null };
  const times = own.map(({ signature }) => readTime(note.text, key, signature));
  if (times.includes(void 0)) return { verdict: 'bad_signature', at: null };
  return { verdict: 'verified', at: Math.max(...times.map((time) => time ?? 0)) };
}
function readTime(text, { publicKey }, bytes) {
  if (bytes.length !== 72) return void 0;
  const at = Number(new DataView(bytes.buffer, bytes.byteOffset, timeBytes).getBigUint64(0));
  if (!Number.isSafeInteger(at) || at === 0) return void 0;
  return verifySignature(publicKey, writeMessage(text, at), bytes.subarray(timeBytes)) ? at : void 0;
}
function writeMessage(text, at) {
  return encoder$5.encode(`cosignature/v1\ntime ${at}\n${text}`);
}
// packages/ledger/src/witness/find-cosigners.ts
/** Which of the known witnesses cosigned the note. One key given twice, or under two names, counts once. */
function findCosigners(note, keys) {
  const cosigned = [];
  const forged = [];
  const counted = /* @__PURE__ */ new Set();
  for (const key of keys) {
    const { verdict, at } = verifyCosignature(note, key);
    if (verdict === 'bad_signature') forged.push(key.name);
    const bytes = Buffer.from(key.publicKey).toString('hex');
    if (verdict !== 'verified' || counted.has(bytes)) continue;
    counted.add(bytes);
    cosigned.push({ name: key.name, at: at ?? 0 });
  }
  return { cosigned, forged };
}
// packages/ledger/src/witness/witness-key.ts
const cosignatureType = 4;
/** A key from its text, or undefined when it is malformed, one that signs notes, or its id is not its own. */
function parseWitnessKey(text) {
  const key = parseSigningKey(cosignatureType, text);
  return key && { ...key, role: 'witness' };
}
// packages/ledger/src/proof/verify-checkpoint.ts
/** Whether enough of the trusted witnesses cosigned the note. */
function judgeWitnesses(note, { witnesses = [], quorum }) {
  const keys = witnesses.map(parseWitnessKey).filter((key) => key !== void 0);
  if (keys.length < witnesses.length) return { finding: 'key_invalid', cosigned: [] };
  const { cosigned, forged } = findCosigners(note, keys);
  if (forged.length > 0) return { finding: 'bad_cosignature', cosigned };
  return { finding: cosigned.length >= (quorum ?? witnesses.length) ? null : 'not_witnessed', cosigned };
}
// packages/ledger/src/bundle/check-bundle-tree.ts
/** The signed tree that all records of a bundle have to be in. */
var BundleTree = class {
  #findings;
  #key;
  #origin;
  #hashes = [];
  #used = /* @__PURE__ */ new Set();
  #checkpoint;
  #witnessed;
  /** Whether there was a checkpoint at all, good or not. */
  isSigned = false;
  constructor(findings, { origin, vkey }, given) {
    this.#findings = findings;
    this.#origin = origin;
    const key = parseVerifierKey(given ?? vkey);
    if (key === void 0) findings.add('key.invalid', 'the verifier key is malformed');
    else if (key.name !== origin) findings.add('key.invalid', 'the key is named for another log');
    else this.#key = key;
  }
  /** Leaves of the signed tree; null without a good checkpoint. */
  get size() {
    return this.#checkpoint?.size ?? null;
  }
  readCheckpoint({ checkpoint, witnessed }) {
    this.isSigned = true;
    const newest = this.#open(checkpoint, 'the checkpoint');
    this.#checkpoint = newest?.checkpoint;
    this.#witnessed = witnessed === null ? newest : this.#open(witnessed.checkpoint, 'what was witnessed');
    const later = this.#checkpoint;
    if (witnessed === null || this.#witnessed === void 0 || later === void 0) return;
    const { size, root } = this.#witnessed.checkpoint;
    if (!verifyConsistency(size, root, later.size, later.root, witnessed.consistency))
      this.#findings.add(
        'checkpoint.not_consistent',
        'what was witnessed is not the start of the signed tree',
      );
  }
  readHashes(hashes) {
    this.#hashes.push(...hashes);
  }
  readRecord({ entry, proof }) {
    const path = [];
    for (const step of proof) {
      const hash = this.#hashes[step];
      if (hash === void 0) break;
      this.#used.add(step);
      path.push(hash);
    }
    const tree = this.#checkpoint;
    if (tree === void 0) return;
    if (
      !(path.length === proof.length) ||
      !verifyInclusion(hashLeaf(encodeEntry(entry)), entry.seq, tree.size, path, tree.root)
    )
      this.#findings.add('record.not_proven', 'it is not in the signed tree', entry.id);
  }
  /** Which of the trusted witnesses cosigned a tree that holds the records before this `seq`. */
  judgeWitnesses(policy, end) {
    if (policy.witnesses === void 0 || policy.witnesses.length === 0 || this.#witnessed === void 0) return [];
    const { checkpoint, note } = this.#witnessed;
    const { finding, cosigned } = judgeWitnesses(note, policy);
    if (finding === 'key_invalid') this.#findings.add('key.invalid', 'the key of a witness is malformed');
    else if (finding === 'bad_cosignature')
      this.#findings.add('checkpoint.bad_cosignature', 'a cosignature was not made by its witness');
    else if (finding === 'not_witnessed')
      this.#findings.add('checkpoint.not_witnessed', `${cosigned.length} of the witnesses cosigned it`);
    else if (checkpoint.size < end)
      this.#findings.add(
        'checkpoint.not_witnessed',
        `the witnesses have seen ${checkpoint.size} records, and there are later ones here`,
      );
    return cosigned;
  }
  finish() {
    if (this.#used.size !== this.#hashes.length)
      this.#findings.add('line.unexpected', 'there are hashes that no proof has');
  }
  #open(text, what) {
    const note = parseNote(text);
    const checkpoint = note && parseCheckpoint(note.text);
    if (note === void 0 || checkpoint === void 0 || checkpoint.origin !== this.#origin) {
      this.#findings.add('checkpoint.malformed', `${what} is not one of this log`);
      return;
    }
    if (this.#key !== void 0 && verifyNote(note, this.#key) !== 'verified') {
      this.#findings.add('checkpoint.bad_signature', `${what} is not signed by ${this.#key.name}`);
      return;
    }
    return { note, checkpoint };
  }
};
// packages/ledger/src/receipt/read-sd-jwt.ts
const longestText = 4194304;
const mostDisclosures = 256;
const deepest = 32;
const encoder$4 = new TextEncoder();
const decoder$1 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/**
 * Reads an SD-JWT without key binding (RFC 9901 §4, §7.1), hostile text. Undefined when it is malformed, or when a
 * disclosure belongs to nothing, belongs twice or brings a reserved name. Never throws.
 */
function readSdJwt(text) {
  if (text.length > longestText || !text.endsWith('~')) return void 0;
  const [jwt = '', ...rest] = text.split('~');
  const parts = rest.slice(0, -1);
  const segments = jwt.split('.');
  if (segments.length !== 3 || parts.length > mostDisclosures) return void 0;
  const [head = '', body = '', tail = ''] = segments;
  const header = readObject(head);
  const payload = readObject(body);
  const signature = decodeBase64url(tail);
  if (header === void 0 || payload === void 0 || signature === void 0) return void 0;
  if ((payload._sd_alg ?? 'sha-256') !== 'sha-256') return void 0;
  try {
    const opened = openDisclosures(parts);
    const found = { used: /* @__PURE__ */ new Set(), hidden: 0 };
    const { _sd_alg, ...claims } = uncover(payload, opened, found, 0);
    if (found.used.size !== opened.size) return void 0;
    return { header, claims, signed: encoder$4.encode(`${head}.${body}`), signature, hidden: found.hidden };
  } catch {
    return;
  }
}
function openDisclosures(parts) {
  const opened = /* @__PURE__ */ new Map();
  for (const part of parts) {
    const content = readJson(part);
    const digest = sha256Text(encoder$4.encode(part));
    if (!Array.isArray(content) || typeof content[0] !== 'string' || opened.has(digest)) throw refused();
    if (content.length === 2) opened.set(digest, { name: null, value: content[1] });
    else if (content.length === 3 && typeof content[1] === 'string' && !reserved.has(content[1]))
      opened.set(digest, { name: content[1], value: content[2] });
    else throw refused();
  }
  return opened;
}
const reserved = /* @__PURE__ */ new Set(['_sd', '...', '_sd_alg', '__proto__']);
/** Puts what was disclosed in the place of its digest. */
function uncover(value, opened, found, depth) {
  if (depth > deepest) throw refused();
  if (Array.isArray(value))
    return value.flatMap((element) => {
      const digest = readElementDigest(element);
      if (digest === void 0) return [uncover(element, opened, found, depth + 1)];
      const disclosure = take(digest, opened, found);
      if (disclosure === void 0) return [];
      if (disclosure.name !== null) throw refused();
      return [uncover(disclosure.value, opened, found, depth + 1)];
    });
  if (!isObject(value)) return value;
  const members = /* @__PURE__ */ new Map();
  for (const [name, member] of Object.entries(value))
    if (name !== '_sd') members.set(name, uncover(member, opened, found, depth + 1));
  for (const digest of readDigests(value._sd)) {
    const disclosure = take(digest, opened, found);
    if (disclosure === void 0) continue;
    if (disclosure.name === null || members.has(disclosure.name)) throw refused();
    members.set(disclosure.name, uncover(disclosure.value, opened, found, depth + 1));
  }
  return Object.fromEntries(members);
}
function take(digest, opened, found) {
  const disclosure = opened.get(digest);
  if (disclosure === void 0) found.hidden += 1;
  else if (found.used.has(digest)) throw refused();
  else found.used.add(digest);
  return disclosure;
}
function readElementDigest(element) {
  if (!isObject(element) || Object.keys(element).length !== 1) return void 0;
  const digest = element['...'];
  return typeof digest === 'string' ? digest : void 0;
}
function readDigests(value) {
  if (value === void 0) return [];
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) throw refused();
  return value;
}
function readObject(segment) {
  try {
    const value = readJson(segment);
    return isObject(value) ? value : void 0;
  } catch {
    return;
  }
}
/** JSON of a base64url segment; a member that comes twice, or would be a prototype, is refused. */
function readJson(segment) {
  const bytes = decodeBase64url(segment);
  if (bytes === void 0) throw refused();
  const text = decoder$1.decode(bytes);
  return JSON.parse(text, (name, value) => {
    if (name === '__proto__') throw refused();
    return value;
  });
}
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function refused() {
  return /* @__PURE__ */ new Error('not an SD-JWT');
}
// packages/ledger/src/receipt/agrees-with-signed.ts
/** What the text of each kind has to say for itself: nothing of it is the issuer's word alone. */
const callMembers = ['agent', 'agents', 'chain', 'key', 'policyVersion', 'target', 'task', 'tool'];
const stated = /* @__PURE__ */ new Map([
  ['countersign/approval/v1', callMembers],
  ['countersign/grant/v1', callMembers],
  ['countersign/plan/v1', ['agent', 'agents', 'chain', 'key', 'policyVersion', 'task']],
  ['countersign/authority/v1', ['agent', 'key', 'policyVersion']],
]);
/**
 * Whether the receipt says of the action what the text that was signed says of it: agent, task, target, tool, delegations,
 * key, policy version, how many had to agree, and how far a grant reaches.
 */
function agreesWithSigned({ action, approval, cnf }, signedAction) {
  const signed = readSigned(signedAction);
  const members = stated.get(signed?.type);
  if (signed === void 0 || members === void 0) return false;
  const claimed = { ...action, key: cnf.jkt, target: action.upstream };
  return (
    members.every((name) => Object.hasOwn(signed, name) && isEqual(signed[name], claimed[name])) &&
    agreesOnQuorum(signed, approval) &&
    agreesOnGrant(signed, approval)
  );
}
/** A request may end sooner than was signed, never later; its quorum is what was signed. */
function agreesOnQuorum(signed, approval) {
  if (typeof signed.expiresAt === 'number' && approval.expiresAt > signed.expiresAt) return false;
  if (signed.requirement === void 0) return approval.quorum === 1;
  return isObject(signed.requirement) && signed.requirement.quorum === approval.quorum;
}
function agreesOnGrant(signed, { grant }) {
  if (signed.type !== 'countersign/grant/v1') return grant === void 0;
  const terms = signed.grant;
  return isObject(terms) && grant?.uses === terms.uses && grant?.expiresAt === terms.expiresAt;
}
function readSigned(text) {
  try {
    const signed = JSON.parse(text);
    return isObject(signed) ? signed : void 0;
  } catch {
    return;
  }
}
function isEqual(a, b) {
  return a !== void 0 && b !== void 0 && canonicalJson(a) === canonicalJson(b);
}
// packages/ledger/src/receipt/is-signed-for.ts
/** What the text that a passkey signed is, when it says yes to the action of this digest; undefined when it does not. */
function readSignedFor(signedText, actionDigest) {
  try {
    const signed = JSON.parse(signedText);
    if (!isObject(signed)) return void 0;
    switch (signed.type) {
      case 'countersign/group/v1':
        return Array.isArray(signed.actions) && signed.actions.includes(actionDigest) ? 'group' : void 0;
      case 'countersign/break-glass/v1':
        return signed.actionDigest === actionDigest ? 'broken_glass' : void 0;
      default:
        return;
    }
  } catch {
    return;
  }
}
// packages/ledger/src/receipt/public-key.ts
/** The key of hostile JWK members; undefined when they are none. */
function openPublicKey(jwk, form) {
  try {
    return { key: createPublicKey({ key: jwk, format: 'jwk' }), ...form };
  } catch {
    return;
  }
}
/** Whether this is the key's signature over the message. Never throws. */
function isSignedBy({ key, hash, encoding }, message, signature) {
  if (encoding === 'ieee-p1363' && signature.length !== 64) return false;
  try {
    return verify(hash, message, { key, dsaEncoding: encoding }, signature);
  } catch {
    return false;
  }
}
// packages/ledger/src/receipt/inflate-list.ts
const longestList = 4194304;
/** The bytes of a ZLIB stream (RFC 1950), hostile. Throws for one that is none, or longer than 4 MiB. */
function inflateList(bytes) {
  return inflateSync(bytes, { maxOutputLength: longestList });
}
// packages/ledger/src/receipt/read-receipt-status.ts
const values = ['valid', 'invalid', 'suspended'];
const longestToken = 1048576;
const encoder$3 = new TextEncoder();
/** The place of a receipt in a list that its issuer signed; undefined for another's list, or none. Never throws. */
function readReceiptStatus(token, place, verify) {
  const segments = token.trim().split('.');
  if (token.length > longestToken || segments.length !== 3) return void 0;
  const [head = '', body = '', tail = ''] = segments;
  try {
    const header = JSON.parse(Buffer.from(head, 'base64url').toString());
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
    const signature = decodeBase64url(tail);
    if (!isObject(header) || header.typ !== 'statuslist+jwt' || header.alg !== 'ES256') return void 0;
    if (signature === void 0 || !verify(encoder$3.encode(`${head}.${body}`), signature, header.kid))
      return void 0;
    if (!isObject(claims) || claims.sub !== place.uri || typeof claims.iat !== 'number') return void 0;
    const value = values[readPlace(claims.status_list, place.idx)];
    return value === void 0 ? void 0 : { value, at: claims.iat };
  } catch {
    return;
  }
}
/** Token Status List §4.1: a list of small numbers, the first in the lowest bits. */
function readPlace(list, idx) {
  if (!isObject(list) || typeof list.lst !== 'string') return NaN;
  const { bits } = list;
  if (bits !== 1 && bits !== 2 && bits !== 4 && bits !== 8) return NaN;
  const bytes = inflateList(Buffer.from(list.lst, 'base64url'));
  const perByte = 8 / bits;
  const byte = bytes[Math.floor(idx / perByte)];
  if (byte === void 0) return NaN;
  return (byte >> ((idx % perByte) * bits)) & ((1 << bits) - 1);
}
// packages/ledger/src/receipt/read-cose-key.ts
/** The algorithms of RFC 9053 that passkeys are registered with here. */
const es256 = -7;
const eddsa = -8;
const rs256 = -257;
/** The key in a COSE_Key (RFC 9052 §7) with integer labels, hostile bytes; undefined for anything else. Never throws. */
function readCoseKey(bytes) {
  try {
    const members = readMap(bytes);
    const text = (label) => {
      const value = members.get(label);
      if (!(value instanceof Uint8Array)) throw malformed();
      return encodeBase64url(value);
    };
    switch (members.get(3)) {
      case es256:
        return make({ kty: 'EC', crv: 'P-256', x: text(-2), y: text(-3) }, 'sha256');
      case eddsa:
        return make({ kty: 'OKP', crv: 'Ed25519', x: text(-2) }, null);
      case rs256:
        return make({ kty: 'RSA', n: text(-1), e: text(-2) }, 'sha256');
      default:
        return;
    }
  } catch {
    return;
  }
}
function make(jwk, hash) {
  return openPublicKey(jwk, { hash, encoding: 'der' });
}
/** One CBOR map (RFC 8949) of integers to integers or byte strings, and nothing after it. */
function readMap(bytes) {
  let at = 0;
  const readHead = () => {
    const first = bytes[at] ?? NaN;
    at += 1;
    const size = first & 31;
    if (Number.isNaN(first) || size > 25) throw malformed();
    if (size < 24) return [first >> 5, size];
    const length = size === 24 ? 1 : 2;
    let argument = 0;
    for (let i = 0; i < length; i++) argument = argument * 256 + (bytes[at + i] ?? NaN);
    at += length;
    if (Number.isNaN(argument)) throw malformed();
    return [first >> 5, argument];
  };
  const readValue = () => {
    const [major, argument] = readHead();
    if (major === 0) return argument;
    if (major === 1) return -1 - argument;
    if (major !== 2 || at + argument > bytes.length) throw malformed();
    at += argument;
    return bytes.subarray(at - argument, at);
  };
  const [major, count] = readHead();
  if (major !== 5) throw malformed();
  const members = /* @__PURE__ */ new Map();
  for (let i = 0; i < count; i++) {
    const label = readValue();
    if (typeof label !== 'number' || members.has(label)) throw malformed();
    members.set(label, readValue());
  }
  if (at !== bytes.length) throw malformed();
  return members;
}
function malformed() {
  return /* @__PURE__ */ new Error('not a COSE key');
}
// packages/ledger/src/receipt/verify-passkey.ts
const userPresent = 1;
const userVerified = 4;
const encoder$2 = new TextEncoder();
const decoder = new TextDecoder();
/**
 * Whether this passkey, with its user verified, signed exactly this digest (base64url of SHA-256) as a challenge at the
 * origin it names (WebAuthn Level 3 §7.2, without what only the server that asked can know). Never throws.
 */
function verifyPasskeyProof(proof, digest) {
  const clientData = decodeBase64url(proof.clientDataJson);
  const authenticatorData = decodeBase64url(proof.authenticatorData);
  const signature = decodeBase64url(proof.signature);
  const cose = decodeBase64url(proof.publicKey);
  if (!clientData || !authenticatorData || !signature || !cose || authenticatorData.length < 37) return false;
  if (!isClientData(clientData, digest, proof.origin) || !isWithin(proof.rpId, proof.origin)) return false;
  const flags = authenticatorData[32] ?? 0;
  if ((flags & userPresent) === 0 || (flags & userVerified) === 0) return false;
  if (!equalBytes(authenticatorData.subarray(0, 32), sha256(encoder$2.encode(proof.rpId)))) return false;
  const key = readCoseKey(cose);
  return key !== void 0 && isSignedBy(key, Buffer.concat([authenticatorData, sha256(clientData)]), signature);
}
function isClientData(bytes, digest, origin) {
  try {
    const said = JSON.parse(decoder.decode(bytes));
    return (
      isObject(said) &&
      said.type === 'webauthn.get' &&
      said.challenge === digest &&
      said.origin === origin &&
      said.crossOrigin !== true
    );
  } catch {
    return false;
  }
}
function isWithin(rpId, origin) {
  try {
    const { hostname } = new URL(origin);
    return hostname === rpId || hostname.endsWith(`.${rpId}`);
  } catch {
    return false;
  }
}
// packages/ledger/src/receipt/verify-receipt.ts
/**
 * Checks a receipt, which is hostile text, offline: the issuer's signature over it, the passkey signatures in it over the
 * action it is about, and whether those that are shown were enough. Never throws.
 */
function verifyReceipt(text, options = {}) {
  const key = options.keys === void 0 ? 'claimed' : 'given';
  const refuse = (finding) => ({
    valid: false,
    findings: [finding],
    key,
    status: null,
    proven: false,
    hidden: 0,
    claims: null,
  });
  const read = readSdJwt(text.trim());
  if (read === void 0 || read.header.typ !== 'dc+sd-jwt' || read.header.alg !== 'ES256')
    return refuse('not_a_receipt');
  const issuerKey = findKey(read, options.keys);
  if (issuerKey === void 0) return refuse('unknown_key');
  if (!isSignedBy(issuerKey, read.signed, read.signature)) return refuse('bad_signature');
  const claims = readClaims(read.claims);
  if (claims === void 0) return refuse('not_a_receipt');
  const findings = checkVotes(claims, read.hidden);
  const status =
    options.statusList === void 0
      ? null
      : readReceiptStatus(options.statusList, claims.status.status_list, (signed, signature, kid) => {
          const signer = findKey({ header: { ...read.header, kid } }, options.keys);
          return signer !== void 0 && isSignedBy(signer, signed, signature);
        });
  if (status === void 0) findings.push('status_unreadable');
  return {
    valid: findings.length === 0,
    findings,
    key,
    status: status ?? null,
    proven:
      claims.signedAction !== void 0 &&
      claims.votes.some(({ outcome }) => outcome === 'approve') &&
      findings.length === 0,
    hidden: read.hidden,
    claims,
  };
}
function checkVotes(claims, hidden) {
  const { action, approval, signedAction, votes } = claims;
  const findings = [];
  if (signedAction !== void 0 && !isAbout(claims, signedAction)) findings.push('action_changed');
  const approving = votes.filter((vote) => vote.outcome === 'approve');
  if (!approving.every((vote) => isProven(vote, claims))) findings.push('vote_unproven');
  const people = new Set(approving.map(({ person }) => person));
  const isEnough =
    approving.some(
      ({ signedText }) =>
        signedText !== void 0 && readSignedFor(signedText, action.digest) === 'broken_glass',
    ) || people.size >= approval.quorum;
  if (approval.outcome === 'approved' && hidden === 0 && !isEnough) findings.push('quorum_unproven');
  if (approval.outcome === 'denied' && hidden === 0 && !votes.some(({ outcome }) => outcome === 'deny'))
    findings.push('quorum_unproven');
  return findings;
}
/** The text that was signed is this one, and the receipt says nothing else of it. */
function isAbout(claims, signedAction) {
  return digest(signedAction) === claims.action.digest && agreesWithSigned(claims, signedAction);
}
function isProven({ passkey, signedText }, { action, iss }) {
  if (passkey === null || passkey.origin !== iss) return false;
  if (signedText === void 0) return verifyPasskeyProof(passkey, action.digest);
  return (
    readSignedFor(signedText, action.digest) !== void 0 && verifyPasskeyProof(passkey, digest(signedText))
  );
}
function digest(text) {
  return sha256Text(new TextEncoder().encode(text));
}
function findKey({ header }, keys) {
  const jwk = keys === void 0 ? header.jwk : keys.find((one) => isObject(one) && one.kid === header.kid);
  if (!isObject(jwk) || jwk.kty !== 'EC' || jwk.crv !== 'P-256') return void 0;
  const { kty, crv, x, y } = jwk;
  return openPublicKey({ kty, crv, x, y }, { hash: 'sha256', encoding: 'ieee-p1363' });
}
/** What the issuer signed is still read carefully: with a claimed key the issuer may be anybody. */
function readClaims(claims) {
  const { iss, vct, iat, approval, action, votes, status, signedAction, reason, cnf } = claims;
  return hasTexts({ iss, vct }, ['iss', 'vct']) &&
    typeof iat === 'number' &&
    isObject(cnf) &&
    hasTexts(approval, ['id', 'kind', 'record']) &&
    isObject(approval) &&
    (approval.outcome === 'approved' || approval.outcome === 'denied') &&
    Number.isSafeInteger(approval.quorum) &&
    hasTexts(action, ['digest', 'callDigest', 'agent', 'task', 'upstream', 'tool', 'policyVersion']) &&
    isObject(status) &&
    isObject(status.status_list) &&
    Number.isSafeInteger(status.status_list.idx) &&
    typeof status.status_list.uri === 'string' &&
    isOptionalText(signedAction) &&
    isOptionalText(reason) &&
    Array.isArray(votes) &&
    votes.every(isVote$1)
    ? claims
    : void 0;
}
function isVote$1(value) {
  if (!hasTexts(value, ['person', 'name', 'record']) || !isObject(value)) return false;
  const { outcome, passkey, signedText } = value;
  return (
    (outcome === 'approve' || outcome === 'deny') &&
    isOptionalText(signedText) &&
    (passkey === null || hasTexts(passkey, proofMembers))
  );
}
const proofMembers = [
  'credentialId',
  'publicKey',
  'authenticatorData',
  'clientDataJson',
  'signature',
  'rpId',
  'origin',
];
function hasTexts(value, names) {
  return isObject(value) && names.every((name) => typeof value[name] === 'string');
}
function isOptionalText(value) {
  return value === void 0 || typeof value === 'string';
}
// packages/ledger/src/bundle/check-receipts.ts
const encoder$1 = new TextEncoder();
/**
 * Whether each receipt is the one that was issued for a decision here: its issuer's signature, the passkeys' over the text of the
 * action, and that approval, action and votes are those of the records.
 */
function checkReceipts(receipts, records, keys, findings) {
  const issued = /* @__PURE__ */ new Map();
  for (const record of records.values())
    if (record.kind === 'approval.receipt_issued' && record.digest !== void 0)
      issued.set(record.digest, record);
  const proven = [];
  for (const { receipt, status } of receipts) {
    const verdict = verifyReceipt(receipt, { keys, ...(status === null ? {} : { statusList: status }) });
    const { claims } = verdict;
    for (const finding of verdict.findings)
      findings.add('receipt.invalid', `${claims?.approval.id ?? 'a receipt'}: ${finding}`);
    if (claims === null) continue;
    const record = issued.get(sha256Text(encoder$1.encode(receipt)));
    if (record === void 0 || record.approval !== claims.approval.id)
      findings.add('receipt.unbound', `no record here says that this was issued for ${claims.approval.id}`);
    else issued.delete(record.digest ?? '');
    checkClaims(claims, records, findings);
    const { id, outcome } = claims.approval;
    proven.push({ approval: id, outcome, proven: verdict.proven, status: verdict.status });
  }
  return proven;
}
/** What the issuer says against what the log says. A record whose payload is not here says nothing either way. */
function checkClaims(claims, records, findings) {
  const { action, approval, votes } = claims;
  const differs = (detail, record) =>
    findings.add('receipt.another_action', `the receipt of ${approval.id} ${detail}`, record);
  const decided = records.get(approval.record);
  if (decided === void 0) differs('names a decision that is not here', approval.record);
  else if (decided.isOpen) {
    const kind = approval.outcome === 'approved' ? 'approval.granted' : 'approval.denied';
    if (decided.kind !== kind || decided.approval !== approval.id || decided.actionDigest !== action.digest)
      differs('is not about what was decided', decided.id);
    for (const record of records.values())
      if (isOther(record, decided, action.callDigest)) differs('is of another call', record.id);
  }
  for (const vote of votes) {
    const record = records.get(vote.record);
    if (record === void 0) differs('has a vote that is not here', vote.record);
    else if (record.isOpen && !isVote(record, vote, claims)) differs('has another vote', vote.record);
  }
}
/** The call of the same action, if it is another than the receipt has. */
function isOther({ kind, action, callDigest }, decided, digest) {
  if (kind !== 'action.intent' || action === void 0 || action !== decided.action) return false;
  return callDigest !== void 0 && callDigest !== digest;
}
function isVote(record, vote, claims) {
  const { kind, approval, person, actionDigest, credentialId } = record;
  if (kind !== 'approval.voted' || approval !== claims.approval.id || person !== vote.person) return false;
  if (vote.outcome === 'deny') return true;
  return actionDigest === claims.action.digest && credentialId === vote.passkey?.credentialId;
}
// packages/ledger/src/bundle/digest-content.ts
const tag = 'countersign-bundle-content-v1';
const encoder = new TextEncoder();
/**
 * Digests of what is in a bundle, gathered as it is written or read. The record of its having been made holds the digest of
 * them all: whoever removes, adds or withholds anything afterwards is found out.
 */
var BundleContent = class {
  #records = [];
  #lines = [];
  /** Every record but that of the making. */
  addRecord({ entry, opening }) {
    this.#records.push(hash$1(`${encodeEntry(entry)}\n${typeof opening === 'string' ? opening : 'open'}`));
  }
  /** The header, and whatever follows the records but the end, as it stands. */
  addLine(line) {
    this.#lines.push(hash$1(line));
  }
  /** SHA-256, base64url. */
  digest() {
    return hash$1([tag, ...this.#records, ...this.#lines].join('\n'));
  }
};
function hash$1(text) {
  return sha256Text(encoder.encode(text));
}
// packages/ledger/src/bundle/verify-bundle.ts
const mostLines = 2e5;
const order = [
  'header',
  'checkpoint',
  'hashes',
  'record',
  'missing',
  'issuer',
  'policy',
  'tool',
  'receipt',
  'end',
];
const repeated = /* @__PURE__ */ new Set(['hashes', 'record', 'policy', 'tool', 'receipt']);
/**
 * Checks a bundle as one stream of lines without newlines, offline: that every record is in the signed tree, that payloads are
 * those that were recorded, that causes are there or said to be missing, that policies, tools and receipts are those that the
 * records name, and that the bundle is what the log recorded when it was made. Never throws on hostile lines; throws only what
 * the iterable and `onLine` throw.
 */
async function verifyBundle(lines, options = {}) {
  const verification = new BundleVerification(options);
  for await (const line of lines) if (!verification.read(line)) break;
  return verification.finish();
}
var BundleVerification = class {
  #options;
  #findings = new BundleFindings();
  #content = new BundleContent();
  #records = /* @__PURE__ */ new Map();
  #causes = /* @__PURE__ */ new Map();
  #withheld = /* @__PURE__ */ new Map();
  #policies = [];
  #tools = [];
  #receipts = [];
  #missing = /* @__PURE__ */ new Set();
  #issuerKeys = [];
  #header;
  #tree;
  #last;
  #end;
  #cosigned = [];
  /** After the last record but that of the making. */
  #reach = 0;
  /** Policies that a reader of only some of the log is not given. */
  #kept = 0;
  #rank = -1;
  #lines = 0;
  constructor(options) {
    this.#options = options;
  }
  /** Takes one line; false when reading on is pointless. */
  read(text) {
    this.#lines += 1;
    this.#findings.line = this.#lines;
    if (this.#lines > mostLines) return this.#stop('bundle.too_long', `over ${mostLines} lines`);
    if (text.length > 4194304) return this.#report('line.too_long', `over ${maximumLineLength}`);
    const line = parseBundleLine(text);
    if (this.#header === void 0 && line?.type !== 'header')
      return this.#stop('header.invalid', 'the first line is no header of a known format');
    if (line === void 0) return this.#report('line.malformed', 'not a canonical line of a bundle');
    const rank = order.indexOf(line.type);
    if (rank < this.#rank || (rank === this.#rank && !repeated.has(line.type)))
      return this.#report('line.unexpected', `a line of the kind ${line.type} does not belong here`);
    this.#rank = rank;
    this.#options.onLine?.(line);
    this.#take(line);
    if (line.type !== 'record' && line.type !== 'checkpoint' && line.type !== 'hashes' && line.type !== 'end')
      this.#content.addLine(text);
    return true;
  }
  #take(line) {
    switch (line.type) {
      case 'header':
        this.#header = line.header;
        this.#tree = new BundleTree(this.#findings, line.header, this.#options.vkey);
        break;
      case 'checkpoint':
        this.#tree?.readCheckpoint(line.checkpoint);
        break;
      case 'hashes':
        this.#tree?.readHashes(line.hashes);
        break;
      case 'record':
        this.#readRecord(line.record);
        break;
      case 'missing':
        this.#missing = new Set(line.causes);
        break;
      case 'issuer':
        this.#issuerKeys = line.keys;
        break;
      case 'policy':
        this.#policies.push(line.policy);
        break;
      case 'tool':
        this.#tools.push(line.tool);
        break;
      case 'receipt':
        this.#receipts.push(line.receipt);
        break;
      case 'end':
        this.#end = line.record;
    }
  }
  #readRecord(record) {
    const { entry, opening } = record;
    const { id, seq, stream } = entry;
    if (stream !== this.#header?.stream) this.#report('record.inserted', 'it belongs to another stream', id);
    if (this.#records.has(id)) this.#report('record.duplicated', 'it is there twice', id);
    else if (seq <= (this.#last?.entry.seq ?? -1))
      this.#report('record.reordered', 'it does not stand in its place', id);
    if (this.#last !== void 0) {
      this.#content.addRecord(this.#last);
      this.#reach = Math.max(this.#reach, this.#last.entry.seq + 1);
    }
    this.#last = record;
    this.#tree?.readRecord(record);
    const isOpen = typeof opening !== 'string';
    if (!isOpen) this.#withheld.set(opening, (this.#withheld.get(opening) ?? 0) + 1);
    if (opening === 'damaged')
      this.#report('record.damaged', 'what the log had kept of it was not what it recorded', id);
    if (isOpen && commitPayload(opening.salt, opening.payload) !== entry.commitment)
      this.#report('record.changed', 'payload or salt do not fit the commitment', id);
    for (const cause of entry.causes) {
      const known = this.#causes.get(cause);
      if (known === void 0 || seq < known.seq) this.#causes.set(cause, { of: id, seq });
    }
    if (!this.#records.has(id)) this.#records.set(id, readFacts(entry, isOpen ? opening.payload : null));
  }
  finish() {
    const findings = this.#findings;
    findings.line = null;
    if (this.#lines === 0) findings.add('header.invalid', 'there is no line');
    const isMade = this.#header !== void 0 && this.#checkMaking();
    const receipts = this.#header === void 0 ? [] : this.#checkRest();
    return {
      format: 'countersign-bundle',
      valid: findings.count === 0,
      origin: this.#header?.origin ?? null,
      madeFor: isMade ? (this.#header?.madeFor ?? null) : null,
      madeAt: this.#header?.madeAt ?? null,
      selection: this.#header?.selection ?? null,
      truncated: this.#header?.truncated ?? false,
      size: this.#tree?.size ?? null,
      records: this.#records.size,
      withheld: Object.fromEntries(this.#withheld),
      missing: this.#missing.size,
      policies: this.#policies.length,
      policiesOutOfScope: this.#kept,
      tools: this.#tools.length,
      receipts,
      key: this.#options.vkey === void 0 ? 'claimed' : 'given',
      cosigned: this.#cosigned,
      findings: findings.list,
      findingsLeftOut: findings.count - findings.list.length,
    };
  }
  /** The log itself says what the bundle held when it was made, and for whom. */
  #checkMaking() {
    const findings = this.#findings;
    if (this.#end === void 0) findings.add('bundle.truncated', 'it has no end: it was cut off');
    const { entry } = this.#last ?? {};
    const made = entry && this.#records.get(entry.id);
    if (made === void 0 || made.kind !== 'ledger.bundled' || made.digest === void 0) {
      findings.add('bundle.not_recorded', 'the record of its having been made is not its last one');
      return false;
    }
    if (this.#end !== void 0 && this.#end !== made.id)
      findings.add('bundle.not_recorded', 'the end names another record of its having been made', made.id);
    if (made.digest === this.#content.digest()) return true;
    findings.add('bundle.changed', 'something was added, removed or withheld after it was made', made.id);
    return false;
  }
  #checkRest() {
    const findings = this.#findings;
    const tree = this.#tree;
    if (tree?.isSigned === false) findings.add('checkpoint.missing', 'there is no checkpoint');
    tree?.finish();
    this.#cosigned = tree?.judgeWitnesses(this.#options, this.#reach) ?? [];
    for (const [cause, { of, seq }] of this.#causes) {
      const found = this.#records.get(cause);
      if (found === void 0 && !this.#missing.has(cause))
        findings.add('cause.missing', `its cause ${cause} is not here, and is not said to be missing`, of);
      else if (found !== void 0 && found.seq >= seq)
        findings.add('cause.not_earlier', `its cause ${cause} is not an earlier record`, of);
    }
    for (const id of this.#missing)
      if (this.#records.has(id) || !this.#causes.has(id))
        findings.add('line.unexpected', `${id} is said to be missing, and is not`);
    const isScoped = this.#header?.madeFor.access !== void 0;
    this.#kept = checkPolicies(this.#policies, [...this.#records.values()], { findings, isScoped });
    checkTools(this.#tools, this.#records.values(), findings);
    const keys = this.#options.issuerKeys ?? this.#issuerKeys;
    return checkReceipts(this.#receipts, this.#records, keys, findings);
  }
  #report(code, detail, record = null) {
    this.#findings.add(code, detail, record);
    return true;
  }
  #stop(code, detail) {
    this.#findings.add(code, detail);
    return false;
  }
};
// scripts/verifier/verify-bundle-file.ts
const usage =
  'usage: node verify-bundle.mjs <file> [--vkey <key>] [--witness <key>]... [--quorum <count>] [--issuer <keys.json>] [--json]';
await main().catch((error) => {
  console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
  process.exitCode = 2;
});
async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      issuer: { type: 'string' },
      json: { type: 'boolean' },
      quorum: { type: 'string' },
      vkey: { type: 'string' },
      witness: { type: 'string', multiple: true },
    },
  });
  const [file, ...others] = positionals;
  if (file === void 0 || others.length > 0) throw new Error('name one file');
  const report = await verifyBundle(readLines(createReadStream(file)), {
    ...(values.vkey === void 0 ? {} : { vkey: values.vkey }),
    ...(values.witness === void 0 ? {} : { witnesses: values.witness }),
    ...(values.quorum === void 0 ? {} : { quorum: Number(values.quorum) }),
    ...(values.issuer === void 0 ? {} : { issuerKeys: readKeys(values.issuer) }),
  });
  console.log(values.json === true ? JSON.stringify(report, null, 2) : tell(report));
  process.exitCode = report.valid ? 0 : 4;
}
function readKeys(file) {
  const read = JSON.parse(readFileSync(file, 'utf8'));
  const keys = read.jwks?.keys ?? read.keys;
  if (!Array.isArray(keys)) throw new Error(`${file} holds no keys`);
  return keys;
}
function tell(report) {
  const { findings, findingsLeftOut, madeFor, receipts, records, size } = report;
  if (!report.valid) {
    const lines = findings.map(
      ({ code, line, record, detail }) => `${code}  line ${line}  ${record}  ${detail}`,
    );
    return plain([`NOT VERIFIED: ${findings.length + findingsLeftOut} findings`, ...lines]);
  }
  return plain([
    `verified: ${records} records of ${report.origin}, in the signed tree of ${size}`,
    `made for ${madeFor?.name} (${madeFor?.id}), ${new Date(report.madeAt ?? 0).toISOString()}`,
    ...(madeFor?.access === void 0 ? [] : [describeAccess(madeFor.access, report.policiesOutOfScope)]),
    ...receipts.map(({ approval, outcome, proven, status }) => {
      return `${approval} was ${outcome}, ${proven ? 'proven by passkeys over the text' : 'as its issuer says'}${status?.value === 'invalid' ? ', and TAKEN BACK since' : ''}`;
    }),
    ...report.cosigned.map(
      ({ name, at }) => `cosigned by ${name}, ${(/* @__PURE__ */ new Date(at * 1e3)).toISOString()}`,
    ),
    ...Object.entries(report.withheld).map(([reason, count]) => `${count} payloads are not here: ${reason}`),
    ...(report.missing > 0 ? [`${report.missing} earlier records are named as causes and are not here`] : []),
    ...(report.truncated ? ['there was more than went in'] : []),
    ...(report.key === 'claimed'
      ? ['Checked with the key that the bundle itself names: give --vkey to know whose it is.']
      : []),
  ]);
}
function describeAccess({ until, watermark }, policies) {
  return `watermark ${watermark}: who may read only some of it, until ${new Date(until).toISOString()}${policies > 0 ? `; ${policies} policy versions are out of scope` : ''}`;
}
/** What others wrote moves no cursor and turns no text around. */
function plain(lines) {
  return lines.map((line) => line.replace(/[^\P{C}]/gu, '�')).join('\n');
}
export {};
