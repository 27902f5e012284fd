import { canonicalJson, type JsonObject } from '@countersign/core';
import type { Context } from '../../../context.ts';
import { sha256 } from '../../../platform/sha256.ts';
import { signJws, verifyOwnJws } from '../../../tokens/index.ts';
import type { Question } from '../question.ts';

/** What a denial or an approval is bound to (Access Request and Approval Profile, "Binding Token Integrity"). */
export interface Binding {
  readonly binding_hash: string;
  /** The members of the context that count. */
  readonly binding_context_members: readonly string[];
}

const machinery = new Set(['access_request', 'approval', 'evaluated_at', 'evaluation_id', 'reason']);
const maxLength = 4_096;

/** Every member of the context counts but the profile's own: what a policy may have read cannot differ later. */
export function bindQuestion(question: Question): Binding {
  const members = Object.keys(question.context).filter((name) => !machinery.has(name));
  return bindMembers(question, members.sort());
}

/** The hash over exactly these members of the context, whatever else it has. */
export function bindMembers(question: Question, members: readonly string[]): Binding {
  const { subject, resource, action, context } = question;
  const kept = members.filter((name) => Object.hasOwn(context, name));
  const bound = {
    subject: withoutActor(subject.raw),
    resource: resource.raw,
    action: action.raw,
    context: Object.fromEntries(kept.map((name) => [name, context[name] ?? null])),
  };
  return { binding_hash: sha256(canonicalJson(bound)), binding_context_members: members };
}

/** The profile leaves it out, because a caller may say the actor elsewhere. */
function withoutActor(subject: JsonObject): JsonObject {
  const { properties } = subject;
  if (typeof properties !== 'object' || properties === null || !Object.hasOwn(properties, 'act'))
    return subject;
  const { act: _, ...others } = properties as JsonObject;
  return { ...subject, properties: others };
}

export type SealedType = 'authzen-denial+jwt' | 'authzen-approval+jwt';

export function seal(
  context: Pick<Context, 'tokens'>,
  typ: SealedType,
  claims: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { issuer, signingKeys } = context.tokens;
  return signJws(signingKeys.current(), typ, { iss: issuer, aud: issuer, ...claims });
}

/** The claims, when this server sealed them for itself; whether they are still good is for the caller to say. */
export async function unseal(
  context: Pick<Context, 'tokens' | 'platform'>,
  typ: SealedType,
  text: unknown,
): Promise<JsonObject | undefined> {
  if (typeof text !== 'string') return undefined;
  const { issuer, signingKeys } = context.tokens;
  const claims = await verifyOwnJws(text, { typ, keys: signingKeys, now: context.platform.now(), maxLength });
  return claims?.iss === issuer && claims.aud === issuer ? claims : undefined;
}

/** Whether a question is the one that was sealed. */
export function isBoundTo(
  question: Question,
  { binding_hash, binding_context_members }: JsonObject,
): boolean {
  if (!Array.isArray(binding_context_members)) return false;
  const members = binding_context_members.filter((name) => typeof name === 'string');
  return bindMembers(question, members).binding_hash === binding_hash;
}
