import { hash } from 'node:crypto';
import { AppError } from '@countersign/api';
import { decodeJwt } from 'jose';
import { findWorkload, type WorkloadView } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import { UniqueViolation } from '../../plugins/database/database.ts';
import type {
  AttestedWorkload,
  ClaimedWorkload,
  WorkloadAttestor,
} from '../../plugins/workload-attestor/workload-attestor.ts';
import type { AuthenticatedClient } from '../authenticate-client.ts';
import { nameBinding, type TokenBinding } from '../token-binding.ts';

const maxAssertionLength = 8192;

/**
 * The agent that a workload is, by what its platform says of it. An assertion is a bearer credential, so it counts only
 * together with proof of a key, and only ever with the key it first came with: whoever copies it gains nothing. Throws
 * `token.client_assertion_invalid`, `token.workload_unavailable`, `token.workload_unknown`, `token.workload_replayed`.
 */
export async function authenticateWorkload(
  context: Pick<Context, 'agents' | 'platform' | 'store' | 'workloads'>,
  assertion: string,
  binding: TokenBinding,
): Promise<AuthenticatedClient> {
  if (binding.kind === 'none' || assertion.length > maxAssertionLength) throw refuse();
  const attestor = findAttestor(context, assertion);
  if (attestor === undefined) throw refuse();
  const attested = await attestor.attest(assertion);
  const workload = await findWorkload(context.store.sql, attestor.name, attested.subject);
  if (workload === undefined || !hasFacts(attested, workload)) throw new AppError('token.workload_unknown');
  await claimAssertion(context, { assertion, attested, proofKey: nameBinding(binding) });
  return {
    clientId: workload.agentId,
    agent: await context.agents.get(workload.agentId),
    registeredKey: null,
    workload: workload.id,
    notAfter: attested.expiresAt,
    evidence: { trust: attestor.name, subject: attested.subject, ...attested.facts },
  };
}

/** Whether an assertion says that one of the trusted platforms made it; it may lie. */
export function isWorkloadAssertion(context: Pick<Context, 'workloads'>, assertion: string): boolean {
  return assertion.length <= maxAssertionLength && findAttestor(context, assertion) !== undefined;
}

function findAttestor(context: Pick<Context, 'workloads'>, assertion: string): WorkloadAttestor | undefined {
  let claimed: ClaimedWorkload;
  try {
    const { iss: issuer, sub: subject } = decodeJwt(assertion);
    claimed = {
      issuer: typeof issuer === 'string' ? issuer : undefined,
      subject: typeof subject === 'string' ? subject : undefined,
    };
  } catch {
    return undefined;
  }
  return context.workloads.find((attestor) => attestor.recognises(claimed));
}

/** Every fact the binding demands, exactly. */
function hasFacts(attested: AttestedWorkload, workload: WorkloadView): boolean {
  return Object.entries(workload.facts).every(
    ([name, value]) => Object.hasOwn(attested.facts, name) && attested.facts[name] === value,
  );
}

/** One row an assertion: of two that race for it, the database lets one win. */
async function claimAssertion(
  context: Pick<Context, 'platform' | 'store'>,
  used: { assertion: string; attested: AttestedWorkload; proofKey: string },
): Promise<void> {
  // Not the signature: ECDSA's can be rewritten into another that holds, what was signed cannot.
  const digest = hash('sha256', used.assertion.slice(0, used.assertion.lastIndexOf('.')), 'base64url');
  const { sql } = context.store;
  try {
    await sql
      .insertInto('workload_assertions')
      .values({
        digest,
        proof_key: used.proofKey,
        used_at: context.platform.now(),
        // As long as clocks may differ beyond its end.
        expires_at: used.attested.expiresAt + 60_000,
      })
      .execute();
    return;
  } catch (thrown) {
    if (!(thrown instanceof UniqueViolation)) throw thrown;
  }
  const first = await sql
    .selectFrom('workload_assertions')
    .select('proof_key')
    .where('digest', '=', digest)
    .executeTakeFirst();
  if (used.attested.isSingleUse || first?.proof_key !== used.proofKey) {
    throw new AppError('token.workload_replayed');
  }
}

/** Forgets assertions that could not be used any more anyway; returns when to look again, in epoch milliseconds. */
export async function forgetAssertions(context: Pick<Context, 'platform' | 'store'>): Promise<number> {
  const now = context.platform.now();
  await context.store.sql.deleteFrom('workload_assertions').where('expires_at', '<', now).execute();
  return now + 60_000;
}

function refuse(): AppError {
  return new AppError('token.client_assertion_invalid');
}
