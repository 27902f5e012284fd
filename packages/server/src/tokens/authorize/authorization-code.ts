import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { type AuthorizationRequest, listResources } from './authorization-request.ts';

const lifetimeMilliseconds = 60_000;

/** What a code stands for. */
export interface CodeGrant {
  readonly request: AuthorizationRequest;
  readonly personId: string;
  readonly agentId: string;
  readonly delegationId: string;
  /** The record it follows from. */
  readonly cause: string;
}

/** 256 random bits, kept as their digest, for one minute and one use. */
export async function issueCode(
  context: Pick<Context, 'platform' | 'tokens'>,
  tx: Transaction,
  grant: CodeGrant,
): Promise<string> {
  const { request } = grant;
  const code = Buffer.from(context.platform.randomBytes(32)).toString('base64url');
  await tx.sql
    .insertInto('authorization_codes')
    .values({
      digest: sha256(code),
      client_id: request.clientId,
      person_id: grant.personId,
      agent_id: grant.agentId,
      delegation_id: grant.delegationId,
      redirect_uri: request.redirectUri,
      code_challenge: request.codeChallenge,
      resources: JSON.stringify(listResources(context.tokens.issuer, request.upstreams)),
      dpop_jkt: request.dpopJkt,
      cause: grant.cause,
      expires_at: context.platform.now() + lifetimeMilliseconds,
      used_at: null,
      family_id: null,
    })
    .execute();
  return code;
}
