import type { GuardedFetch } from '../../outbound/guarded-fetch.ts';
import type { UpstreamSettings } from '../live-upstream.ts';
import { findIssuer, type Issuer } from './find-issuer.ts';
import type { IssueParts } from './issue-parts.ts';

interface Remembered {
  readonly issuer: Promise<Issuer>;
  readonly until: number;
}

const freshMilliseconds = 600_000;

/** Asks for an issuer's metadata once in ten minutes for as long as an upstream's settings stay as they are. */
export function createIssuerMemory(
  fetch: (allowPrivate: boolean) => GuardedFetch,
  now: () => number,
): IssueParts['findIssuer'] {
  const remembered = new WeakMap<UpstreamSettings, Remembered>();
  return (holder, credential) => {
    const { settings } = holder;
    const known = remembered.get(settings);
    if (known !== undefined && known.until > now()) return known.issuer;
    const issuer = findIssuer(holder, credential, {
      toUpstream: fetch(settings.allowPrivate === true),
      toIssuer: fetch(credential.allowPrivate === true),
    });
    remembered.set(settings, { issuer, until: now() + freshMilliseconds });
    issuer.catch(() => remembered.delete(settings));
    return issuer;
  };
}
