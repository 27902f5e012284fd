import { AppError } from '@countersign/api';
import { canonicalJson, checkLimits, EFFECTS, type JsonValue, type Limits } from '@countersign/core';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { InteractiveClient } from '../clients/find-client.ts';
import { type AuthorizationRequest, listResources } from './authorization-request.ts';
import type { ConsentChoices } from './consent-choices.ts';
import type { StandingConsent } from './find-standing-consent.ts';
import { listOffered, type OfferedUpstream } from './list-offered.ts';

/** Exactly the delegation that a person is shown. */
export interface ConsentDraft {
  readonly purpose: string;
  readonly limits: Limits;
  /** The delegation in force that goes on as it is; null for a new one. */
  readonly goesOn: string | null;
  /** Canonical (RFC 8785) text of all of it, with whom and where to. */
  readonly text: string;
  /** SHA-256 of the text, base64url: the challenge that the passkey signs. */
  readonly digest: string;
}

/** What a draft says, as it stands in the text. */
export interface DraftContent {
  readonly purpose: string;
  readonly limits: Limits;
  readonly goesOn: string | null;
}

export interface DraftSubject {
  readonly requestId: string;
  readonly personId: string;
  readonly client: InteractiveClient;
  readonly request: AuthorizationRequest;
}

const contentOperations = ['@read_resource', '@get_prompt', '@complete', '@subscribe'];

/** Throws `server.request_invalid` for choices that were not offered or contradict themselves. */
export function draftConsent(
  context: Pick<Context, 'platform' | 'tokens' | 'upstreams'>,
  about: DraftSubject,
  choices: ConsentChoices,
): ConsentDraft {
  const { client, request } = about;
  const offered = listOffered(context, request.upstreams);
  if (offered === undefined) throw new AppError('token.target_invalid');
  const limits = chooseLimits(offered, choices, context.platform.now());
  const [flaw] = checkLimits(limits);
  if (flaw !== undefined) throw refuse(`${flaw.field}: ${flaw.detail}`.slice(0, 200));
  const purpose = request.wish.purpose ?? `Interactive session of ${client.name}`;
  return write(context, about, { purpose, limits, goesOn: null });
}

/** What is in force already, for another session of the same client. */
export function draftAgain(
  context: Pick<Context, 'platform' | 'tokens'>,
  about: DraftSubject,
  { purpose, limits, delegationId }: StandingConsent,
): ConsentDraft {
  return write(context, about, { purpose, limits, goesOn: delegationId });
}

function write(
  context: Pick<Context, 'platform' | 'tokens'>,
  { requestId, personId, client, request }: DraftSubject,
  content: DraftContent,
): ConsentDraft {
  const text = canonicalJson({
    type: 'countersign-consent',
    version: 1,
    server: context.tokens.issuer,
    request: requestId,
    person: personId,
    client: { id: client.id, name: client.name, kind: client.kind },
    redirectUri: request.redirectUri,
    resources: listResources(context.tokens.issuer, request.upstreams),
    purpose: content.purpose,
    limits: JSON.parse(JSON.stringify(content.limits)) as JsonValue,
    goesOn: content.goesOn,
    nonce: Buffer.from(context.platform.randomBytes(16)).toString('base64url'),
  });
  return { ...content, text, digest: sha256(text) };
}

/** Reads back what this server drafted. */
export function readDraft(text: string): DraftContent {
  return JSON.parse(text) as DraftContent;
}

function chooseLimits(offered: readonly OfferedUpstream[], choices: ConsentChoices, now: number): Limits {
  const all = new Map(offered.flatMap(({ tools }) => tools.map((tool) => [tool.action, tool])));
  const chosen = [...new Set(choices.tools)].map((action) => {
    const tool = all.get(action);
    if (tool === undefined) throw refuse('tools: one of them is not offered any more');
    return tool;
  });
  if (chosen.length === 0 && !choices.contents) throw refuse('tools: nothing is left to allow');
  const effects = new Set(chosen.flatMap((tool) => tool.effects));
  effects.add('read');
  const operations = ['@follow_up', ...(choices.contents ? contentOperations : [])];
  const spends = effects.has('spend');
  if (spends && (choices.spendMinor === null || choices.currency === null)) {
    throw refuse('spendMinor: a tool that spends money needs an amount and its currency');
  }
  return {
    upstreams: offered.map(({ name }) => name),
    actions: [
      ...chosen.map(({ action }) => action),
      ...offered.flatMap(({ name }) => operations.map((operation) => `${name}/${operation}`)),
    ].toSorted(),
    arguments: [],
    // An operation that names no tool is in the domain called like its upstream.
    dataDomains: [
      ...new Set([...chosen.map((tool) => tool.dataDomain), ...offered.map(({ name }) => name)]),
    ].toSorted(),
    effects: EFFECTS.filter((effect) => effects.has(effect)),
    environments: [...new Set(offered.map(({ environment }) => environment))].toSorted(),
    expiresAt: now + choices.seconds * 1000,
    calls: choices.calls,
    spendMinor: spends ? choices.spendMinor : null,
    currency: spends ? choices.currency : null,
    depth: 0,
  };
}

function refuse(detail: string): AppError {
  return new AppError('server.request_invalid', { detail });
}
