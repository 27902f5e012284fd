import { AppError } from '@countersign/api';
import { canonicalJson, type JsonValue } from '@countersign/core';
import type { Context } from '../../context.ts';
import { requirePermissionToSign } from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { InteractiveClient } from '../clients/find-client.ts';
import { classifyRedirectUri } from '../clients/redirect-uri.ts';
import type { TokenParameters } from '../token-parameters.ts';
import { issueCode } from './authorization-code.ts';
import { type AuthorizationRequest, listResources } from './authorization-request.ts';
import { buildCodeResponse, buildErrorResponse } from './authorization-response.ts';
import { type ConsentChoices, repeatChoices, suggestChoices } from './consent-choices.ts';
import { consentLifetimeMilliseconds, type PersonActor } from './consent-request.ts';
import { type ConsentDraft, type DraftSubject, draftAgain, draftConsent } from './draft-consent.ts';
import { findStandingConsent, mayGoOn } from './find-standing-consent.ts';
import { listOffered } from './list-offered.ts';
import { digestRequestUri } from './pushed-request.ts';
import { type ResolvedRequest, resolveRequest } from './resolve-request.ts';

/** What the authorization endpoint does next. */
export type AuthorizationStep =
  | { readonly kind: 'redirect'; readonly location: string }
  /** An answer for a client that nobody here vouches for: the person goes on by hand, or not at all (RFC 9700 §4.11.2). */
  | {
      readonly kind: 'show';
      readonly client: InteractiveClient;
      readonly error: AppError;
      readonly redirectUri: string;
      readonly location: string;
    }
  | { readonly kind: 'sign-in' }
  | { readonly kind: 'consent'; readonly id: string }
  /** The same client is being answered in another window. */
  | { readonly kind: 'busy'; readonly id: string };

/**
 * Leads a person from a client's request to the page that asks them, or straight back where they were asked before.
 * Grants nothing that was not granted. Throws what must not travel to the redirect URI.
 */
export async function openAuthorization(
  context: Context,
  parameters: TokenParameters,
  actor: PersonActor | undefined,
): Promise<AuthorizationStep> {
  const isSilent = parameters.take('prompt') === 'none';
  // Before anything else is looked up, so that a stranger cannot have this server fetch or store anything.
  if (actor === undefined && !isSilent) return { kind: 'sign-in' };
  const under = actor && (await findSameRequest(context, actor, parameters));
  if (under !== undefined) return { kind: 'consent', id: under };
  const resolved = await resolveRequest(context, parameters);
  const { client, request } = resolved;
  try {
    if (request instanceof AppError) throw request;
    if (actor === undefined) throw new AppError('token.sign_in_needed');
    requirePermissionToSign(actor, 'delegations.create');
    if (listOffered(context, request.upstreams) === undefined) throw new AppError('token.target_invalid');
    const standing = await answerSilently(context, actor, client, resolved);
    if (standing !== undefined) return { kind: 'redirect', location: standing };
    if (request.prompt === 'none') throw new AppError('token.consent_needed');
    return await openConsent(context, actor, client, { ...resolved, request });
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === 'server.internal') throw thrown;
    const location = buildErrorResponse(resolved.target, context.tokens.issuer, thrown);
    if (client.kind === 'registered' || classifyRedirectUri(resolved.target.redirectUri) === 'loopback') {
      return { kind: 'redirect', location };
    }
    return { kind: 'show', client, error: thrown, redirectUri: resolved.target.redirectUri, location };
  }
}

/** A pushed request is used up by its first page, which may be loaded again. */
async function findSameRequest(
  context: Context,
  actor: PersonActor,
  parameters: TokenParameters,
): Promise<string | undefined> {
  const requestUri = parameters.take('request_uri');
  if (requestUri === undefined) return undefined;
  const row = await context.store.sql
    .selectFrom('consent_requests')
    .select('id')
    .where('request_digest', '=', digestOf(actor, digestRequestUri(requestUri)))
    .where('client_id', '=', parameters.require('client_id'))
    .executeTakeFirst();
  return row?.id;
}

/**
 * A new code without a page, where a consent in force covers the request and nobody else can pose as the client: with a
 * redirect to this machine any program could, so a person is asked again (RFC 8252 §8.6, RFC 6819 §5.2.3.2).
 */
async function answerSilently(
  context: Context,
  actor: PersonActor,
  client: InteractiveClient,
  resolved: ResolvedRequest,
): Promise<string | undefined> {
  const { request, pushed } = resolved;
  if (request instanceof AppError || request.prompt === 'ask') return undefined;
  const isAssured =
    client.authMethod === 'private_key_jwt' || classifyRedirectUri(request.redirectUri) === 'https';
  if (!isAssured || client.kind === 'dynamic') return undefined;
  const standing = await findStandingConsent(context, context.store, actor.person, request);
  if (standing?.redirectUri !== request.redirectUri) return undefined;
  const code = await context.store.transaction(async (tx) => {
    if (pushed !== null) await usePushed(tx, pushed);
    const { agentId, delegationId, record } = standing;
    return issueCode(context, tx, { request, personId: actor.person, agentId, delegationId, cause: record });
  });
  return buildCodeResponse(request, context.tokens.issuer, code);
}

async function openConsent(
  context: Context,
  actor: PersonActor,
  client: InteractiveClient,
  resolved: ResolvedRequest & { readonly request: AuthorizationRequest },
): Promise<AuthorizationStep> {
  const { request, pushed } = resolved;
  const now = context.platform.now();
  const plain = JSON.parse(JSON.stringify(request)) as JsonValue;
  const requestDigest = digestOf(actor, pushed ?? canonicalJson(plain));
  const id = context.platform.newId('cns');
  const about = { requestId: id, personId: actor.person, client, request };
  const { choices, draft } = await draftFirst(context, about);
  return context.store.transaction(async (tx) => {
    const known = await selectOpen(tx, actor.person, now);
    const same = known.find((row) => row.request_digest === requestDigest);
    if (same !== undefined) return { kind: 'consent', id: same.id };
    const other = known.find((row) => row.client_id === client.id);
    if (other !== undefined) return { kind: 'busy', id: other.id };
    if (known.length >= mostOpen)
      throw new AppError('server.rate_limited', { detail: 'requests for consent' });
    if (pushed !== null) await usePushed(tx, pushed);
    // One that was answered or has expired makes room for the same request to be made again.
    await tx.sql.deleteFrom('consent_requests').where('request_digest', '=', requestDigest).execute();
    await tx.sql
      .insertInto('consent_requests')
      .values({
        ...{ id, person_id: actor.person, session: actor.session, client_id: client.id },
        ...{ request_digest: requestDigest, request: JSON.stringify(request) },
        ...{ choices: JSON.stringify(choices), draft: draft.text, draft_digest: draft.digest },
        ...{ state: 'open', created_at: now, expires_at: now + consentLifetimeMilliseconds },
      })
      .execute();
    return { kind: 'consent', id };
  });
}

/** What the page begins with: what is in force, what was ticked the last time, or what the client may be given unseen. */
async function draftFirst(
  context: Context,
  about: DraftSubject,
): Promise<{ readonly choices: ConsentChoices; readonly draft: ConsentDraft }> {
  const { request } = about;
  const now = context.platform.now();
  const offered = listOffered(context, request.upstreams) ?? [];
  const standing = await findStandingConsent(context, context.store, about.personId, request);
  if (standing === undefined || request.wish.actions !== null) {
    const choices = suggestChoices(offered, request.wish, now);
    return { choices, draft: draftConsent(context, about, choices) };
  }
  const choices = repeatChoices(offered, standing.choices);
  const resources = listResources(context.tokens.issuer, request.upstreams);
  if (mayGoOn(standing, resources, now)) return { choices, draft: draftAgain(context, about, standing) };
  return { choices, draft: draftConsent(context, about, choices) };
}

const mostOpen = 20;

function selectOpen(tx: Transaction, personId: string, now: number) {
  return tx.sql
    .selectFrom('consent_requests')
    .select(['id', 'client_id', 'request_digest'])
    .where('person_id', '=', personId)
    .where('state', '=', 'open')
    .where('expires_at', '>', now)
    .execute();
}

/** RFC 9126 §4: once. Of two windows that race, one finds it gone. */
async function usePushed(tx: Transaction, digest: string): Promise<void> {
  const { numDeletedRows } = await tx.sql
    .deleteFrom('pushed_requests')
    .where('digest', '=', digest)
    .executeTakeFirstOrThrow();
  if (numDeletedRows === 0n) throw new AppError('token.request_uri_invalid');
}

function digestOf(actor: PersonActor, what: string): string {
  return sha256(canonicalJson([actor.person, actor.session, what]));
}
