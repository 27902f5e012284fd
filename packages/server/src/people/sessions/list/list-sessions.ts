import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { type Actor, nameActor } from '../../actor.ts';
import { getPerson } from '../../get-person.ts';
import { personId } from '../../person-input.ts';
import { requirePermission } from '../../require-permission.ts';
import { sessionLifetimeSeconds } from '../../session.ts';
import { endSessions } from '../end-sessions.ts';

export const sessionId = z.string().regex(/^ses_[0-9A-Z]{26}$/);

export const sessionView = z.object({
  id: z.string(),
  openedAt: z.number(),
  /** When a passkey last verified the person in it; null for never. */
  verifiedAt: z.number().nullable(),
  method: z.enum(['passkey', 'oidc']),
  agent: z.string(),
  endsAt: z.number(),
  isCurrent: z.boolean(),
});
export const sessionList = z.object({ items: z.array(sessionView).readonly() });
export const endedSessions = z.object({ ended: z.number() });

const mostSessions = 200;

/** Whose sessions an actor asks about: their own, or with `people.change` anybody's. */
function requireSessionsOf(actor: Actor, id: string | undefined): string {
  if (id === undefined) {
    if (actor.kind !== 'person') throw new AppError('person.sign_in_required');
    return actor.person;
  }
  const parsed = personId.parse(id);
  if (actor.kind !== 'person' || actor.person !== parsed) requirePermission(actor, 'people.change');
  return parsed;
}

/** The open sessions of a person, the newest first; of the actor when no person is named. */
export async function listSessions(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  id?: string,
): Promise<z.infer<typeof sessionList>> {
  const whose = requireSessionsOf(actor, id);
  await getPerson(context.store, whose);
  const now = context.platform.now();
  const rows = await context.store.sql
    .selectFrom('sessions')
    .selectAll()
    .where('person_id', '=', whose)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(mostSessions)
    .execute();
  const current = actor.kind === 'person' ? actor.session : undefined;
  const items = rows.map((row) => ({
    id: row.id,
    openedAt: row.created_at,
    verifiedAt: row.verified_at === 0 ? null : row.verified_at,
    method: row.method,
    agent: row.agent,
    endsAt: Math.min(row.expires_at, row.created_at + sessionLifetimeSeconds * 1000),
    isCurrent: row.id === current,
  }));
  return { items };
}

/** Ends one open session of a person. Throws `person.session_not_found`. */
export async function endSession(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  input: { readonly personId?: string; readonly sessionId: string },
): Promise<{ readonly ended: number }> {
  const whose = requireSessionsOf(actor, input.personId);
  const only = sessionId.parse(input.sessionId);
  return context.store.transaction(async (tx) => {
    const ended = await endSessions(context, tx, { ...describe(actor), personId: whose, only });
    if (ended === 0) throw new AppError('person.session_not_found');
    return { ended };
  });
}

/** Ends all sessions of a person; of their own, all but the one that asks. */
export async function endAllSessions(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  id?: string,
): Promise<{ readonly ended: number }> {
  const whose = requireSessionsOf(actor, id);
  const isOwn = actor.kind === 'person' && actor.person === whose;
  return context.store.transaction(async (tx) => {
    await getPerson(tx, whose);
    const except = isOwn ? { except: actor.session } : {};
    return { ended: await endSessions(context, tx, { ...describe(actor), personId: whose, ...except }) };
  });
}

function describe(actor: Actor) {
  return { by: nameActor(actor), reason: 'ended by hand', causes: [] };
}
