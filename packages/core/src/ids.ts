declare const idPrefix: unique symbol;

/** Every prefix of the product; an id's prefix names its noun. */
export const ID_PREFIXES = {
  agt: 'agent',
  dlg: 'delegation',
  tsk: 'task',
  apr: 'approval',
  act: 'action',
  per: 'person',
  rec: 'ledger record',
  ups: 'upstream',
  pol: 'policy bundle version',
  stp: 'stop',
  tok: 'token',
  ses: 'session',
  ucn: 'upstream connection',
  clt: 'interactive client',
  cns: 'consent request',
  fam: 'token family',
  wid: 'workload identity',
  pep: 'enforcement point',
  sct: 'SCIM token',
  grp: 'group of a directory',
  arq: 'access request',
  pmc: 'policy mode change',
  ers: 'erasure request',
  tdc: 'task declassification',
  drl: 'run of drills',
  evd: 'report of evidence',
  sev: 'security event',
  nws: 'news of an approval or for a person',
  crd: 'card of a channel',
  psh: 'push subscription',
  rcv: 'recovery',
  set: 'security event token',
  evr: 'event receiver',
  evs: 'event stream',
  dut: 'duty to approve',
  hnd: 'handover of agents',
  hld: 'legal hold',
  rev: 'access review',
  rvi: 'item of an access review',
  gls: 'glass to break',
  chk: 'check of attention',
  aud: 'access of an auditor',
  org: 'organisation',
  ogc: 'change of an organisation',
} as const;

export type IdPrefix = keyof typeof ID_PREFIXES;

/** `<prefix>_<26 characters>`: a ULID in its one canonical spelling, so equal ids are equal texts. */
export type Id<P extends IdPrefix> = `${P}_${string}` & { readonly [idPrefix]: P };

export type AgentId = Id<'agt'>;
export type DelegationId = Id<'dlg'>;
export type TaskId = Id<'tsk'>;
export type ApprovalId = Id<'apr'>;
export type ActionId = Id<'act'>;
export type PersonId = Id<'per'>;
export type RecordId = Id<'rec'>;
export type UpstreamId = Id<'ups'>;
export type PolicyVersionId = Id<'pol'>;
export type StopId = Id<'stp'>;
export type TokenId = Id<'tok'>;
export type SessionId = Id<'ses'>;

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BODY = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const LATEST_MILLISECONDS = 2 ** 48 - 1;
const RANDOM_BYTES = 10;

/**
 * Makes an id that sorts by time. `random` is 10 bytes from a cryptographic source.
 * Throws `RangeError` for a time outside 0..2^48-1 ms or another number of bytes: both are programming errors.
 */
export function encodeId<P extends IdPrefix>(
  prefix: P,
  epochMilliseconds: number,
  random: Uint8Array,
): Id<P> {
  if (
    !Number.isInteger(epochMilliseconds) ||
    epochMilliseconds < 0 ||
    epochMilliseconds > LATEST_MILLISECONDS
  ) {
    throw new RangeError('an id needs whole milliseconds between 0 and 2^48-1');
  }
  if (random.length !== RANDOM_BYTES) throw new RangeError('an id needs exactly 10 random bytes');
  let time = '';
  let rest = epochMilliseconds;
  for (let i = 0; i < 10; i++) {
    time = ALPHABET.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  let tail = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of random) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      tail += ALPHABET.charAt((buffer >> bits) & 31);
    }
    buffer &= 31;
  }
  return `${prefix}_${time}${tail}` as Id<P>;
}

/** True only for the canonical spelling: upper case, no aliases (`O` for `0`), no overflow. */
export function isId<P extends IdPrefix>(prefix: P, value: unknown): value is Id<P> {
  return (
    typeof value === 'string' &&
    value.length === prefix.length + 27 &&
    value.startsWith(`${prefix}_`) &&
    BODY.test(value.slice(prefix.length + 1))
  );
}

/** The id, or `undefined` when hostile text is not one. */
export function parseId<P extends IdPrefix>(prefix: P, value: unknown): Id<P> | undefined {
  return isId(prefix, value) ? value : undefined;
}

/** The epoch milliseconds at which the id was made. */
export function readIdTime(id: Id<IdPrefix>): number {
  let time = 0;
  for (const letter of id.slice(-26, -16)) time = time * 32 + ALPHABET.indexOf(letter);
  return time;
}
