import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import { isLoopbackHost } from '../outbound/is-loopback-host.ts';
import { type Actor, nameActor, requirePermission } from '../people/index.ts';
import { sha256 } from '../platform/sha256.ts';
import { signingMilliseconds, writeSignedChange } from './change.ts';
import { parsePinnedUrl } from './parse-issuer.ts';
import { type OrganisationTerms, organisationTermsSchema, readCeiling } from './terms.ts';

export interface ProposedChange {
  readonly id: string;
  /** Where an administrator signs it with a passkey. */
  readonly link: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * Prepares an organisation, new terms of one, or that one which was cut off is trusted again: nothing is in force until an
 * administrator's passkey has signed exactly these terms. Throws `server.request_invalid`.
 */
export async function proposeChange(
  { config, platform, store }: Pick<Context, 'config' | 'platform' | 'store'>,
  actor: Actor,
  input: unknown,
): Promise<ProposedChange> {
  requirePermission(actor, 'organisations.change');
  const terms = organisationTermsSchema.parse(input);
  requireSoundTerms(terms, config);
  const now = platform.now();
  const id = platform.newId('ogc');
  const expiresAt = now + signingMilliseconds;
  const server = new URL(config.server.publicUrl).origin;
  const signedText = writeSignedChange({ terms, change: id, server, expiresAt });
  const digest = sha256(signedText);
  const record = platform.newId('rec');
  await store.transaction(async (tx) => {
    await tx.sql
      .insertInto('organisation_changes')
      .values({
        ...{ id, signed_text: signedText, digest, proposed_by: nameActor(actor), proposed_at: now },
        ...{ proposed_record: record, expires_at: expiresAt, signed_by: null, evidence: null },
      })
      .execute();
    tx.record({
      ...{ id: record, kind: 'organisation.change_proposed', at: now, causes: [] },
      body: { change: id, organisation: terms.name, by: nameActor(actor), digest },
    });
  });
  return { id, link: `${server}/organisations/changes/${id}`, expiresAt };
}

function requireSoundTerms(terms: OrganisationTerms, config: Context['config']): void {
  readCeiling(terms);
  const { publicUrl } = config.server;
  const allowLoopback = isLoopbackHost(new URL(publicUrl).hostname);
  const seen = new Set<string>();
  for (const { issuer, jwksUri, keys } of terms.issuers) {
    const url = parsePinnedUrl(issuer, allowLoopback);
    if (url === undefined || seen.has(issuer)) throw refuse('issuer: an https URL in its one spelling, once');
    if (issuer === publicUrl) throw refuse('issuer: this server is no other organisation');
    seen.add(issuer);
    if ((jwksUri === undefined) === (keys === undefined))
      throw refuse('issuers: exactly one of jwksUri and keys is needed');
    if (jwksUri !== undefined && parsePinnedUrl(jwksUri, allowLoopback)?.origin !== url.origin)
      throw refuse('jwksUri: an https URL of the same origin as the issuer');
  }
  const { transmitter } = terms;
  if (transmitter !== undefined && !config.signals.transmitters.some(({ name }) => name === transmitter))
    throw refuse('transmitter: the configuration names none of that name');
}

function refuse(detail: string): AppError {
  return new AppError('server.request_invalid', { detail });
}
