import type { Selectable } from 'kysely';
import type { Context } from '../../context.ts';
import { readPerson } from '../../people/index.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { loadApproval } from '../load-approval.ts';
import { findAudience } from './find-audience.ts';
import { findTargets, type Target } from './find-targets.ts';
import type { PersonNewsKind } from './note-person-news.ts';
import { type NewCards, oweCards } from './owe-cards.ts';
import { type CardContent, isGlassBroken } from './write-card.ts';

type Spreading = Pick<Context, 'config' | 'log' | 'notices' | 'platform' | 'store'>;
type News = Selectable<Schema['channel_news']>;

const batch = 50;
/** They ask somebody to look; the others only change what is shown. What was extended asks nobody again. */
const asking: ReadonlySet<string> = new Set(['asked', 'extended', 'escalated', 'reminded']);

/** Turns news into cards that are owed, each in one transaction with the end of its news. Returns whether there may be more. */
export async function spreadNews(context: Spreading): Promise<boolean> {
  const waiting = await context.store.sql
    .selectFrom('channel_news')
    .selectAll()
    .orderBy('id')
    .limit(batch)
    .execute();
  for (const news of waiting) {
    const cards =
      news.approval_id === null ? await planForPerson(context, news) : await planForApproval(context, news);
    await context.store.transaction(async (tx) => {
      // Another process may have spread it meanwhile.
      if (await takeNews(tx, news.id)) await oweCards(context, tx, cards);
    });
  }
  return waiting.length === batch;
}

async function takeNews(tx: Transaction, id: string): Promise<boolean> {
  const taken = await tx.sql.deleteFrom('channel_news').where('id', '=', id).executeTakeFirst();
  return taken.numDeletedRows === 1n;
}

async function planForApproval(context: Spreading, { approval_id, kind }: News): Promise<NewCards> {
  const approval = await loadApproval(context.store, approval_id ?? '');
  const isOpen = approval.state === 'requested' && context.platform.now() < approval.expiresAt;
  const plan = {
    ...{ cardKey: approval.id, news: kind, content: null, isFinal: approval.state !== 'requested' },
    isLoud: isGlassBroken(approval),
  };
  // Glass is broken and the request decided at once: those who did not decide it are told all the same.
  if (kind !== 'glass_broken' && !(isOpen && asking.has(kind))) return { ...plan, targets: [] };
  const listeners = await findAudience(context, approval);
  // What stands in a place is read by others.
  const places = approval.checkPersonId === null ? listPlaces(context) : [];
  return { ...plan, targets: [...places, ...(await findTargets(context, listeners))] };
}

async function planForPerson(context: Spreading, news: News): Promise<NewCards> {
  const { id, kind, subject, link } = news;
  const content: CardContent = { about: 'news', kind: kind as PersonNewsKind, subject, link };
  const row = await context.store.sql
    .selectFrom('people')
    .selectAll()
    .where('id', '=', news.person_id ?? '')
    .where('state', '=', 'active')
    .executeTakeFirst();
  const people = row === undefined ? [] : [{ person: readPerson(row), quietUntil: null }];
  // A channel that fails is not said on channels, or it would fail to say so again.
  const targets = await findTargets(context, people, kind === 'channel_failed' ? 'inbox' : 'all');
  return { cardKey: id, news: kind, content, isFinal: true, isLoud: true, targets };
}

function listPlaces({ notices }: Spreading): readonly Target[] {
  return [...notices.channels.values()]
    .filter(({ reach }) => reach === 'place')
    .map((channel) => ({ channel, personId: '', after: null }));
}
