import type { SecurityEventKind } from '../security-event.ts';

const caep = 'https://schemas.openid.net/secevent/caep/event-type/';
const risc = 'https://schemas.openid.net/secevent/risc/event-type/';
const ssf = 'https://schemas.openid.net/secevent/ssf/event-type/';

/** URIs of the events that are sent: OpenID CAEP 1.0 and RISC 1.0. */
export const eventTypes: Readonly<Record<SecurityEventKind, string>> = {
  'session-revoked': `${caep}session-revoked`,
  'token-claims-change': `${caep}token-claims-change`,
  'credential-change': `${caep}credential-change`,
  'risk-level-change': `${caep}risk-level-change`,
  'account-disabled': `${risc}account-disabled`,
  'account-enabled': `${risc}account-enabled`,
};

/** About the stream itself; of every stream, whatever its receiver asked for (SSF 1.0 §8.1.4, §8.1.5). */
export const streamEvents = {
  verification: `${ssf}verification`,
  updated: `${ssf}stream-updated`,
} as const;

const bases = [caep, risc, ssf];

/** The last part of the URI of an event of CAEP, RISC or SSF; undefined for any other. */
export function nameEventType(uri: string): string | undefined {
  const base = bases.find((one) => uri.startsWith(one));
  const name = base === undefined ? '' : uri.slice(base.length);
  return /^[a-z][a-z-]{0,63}$/.test(name) ? name : undefined;
}
