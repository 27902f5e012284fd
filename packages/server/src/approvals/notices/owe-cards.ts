import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { Target } from './find-targets.ts';
import { approvalNews } from './note-news.ts';
import type { CardContent } from './write-card.ts';

export interface NewCards {
  readonly cardKey: string;
  readonly news: string;
  readonly content: CardContent | null;
  /** Nothing is to be decided any more. */
  readonly isFinal: boolean;
  /** Broken glass, and what is not a request: no number of requests hides it. */
  readonly isLoud: boolean;
  /** Who gets a copy that has none yet. */
  readonly targets: readonly Target[];
}

type Owing = Pick<Context, 'config' | 'notices' | 'platform'>;

const hourMilliseconds = 3_600_000;
/** News that only change what is shown. */
const quiet: ReadonlySet<string> = new Set(['extended', 'voted']);
/** News of requests, the digest among them. */
const plain: readonly string[] = approvalNews.filter((news) => news !== 'glass_broken');
/** Of what is loud, on one channel to one person. */
const mostLoudPerHour = 200;
const chunk = 100;

/** Makes every copy that there is owe what is true now, and makes those that are missing. */
export async function oweCards(context: Owing, tx: Transaction, cards: NewCards): Promise<void> {
  const now = context.platform.now();
  const held = await tx.sql
    .selectFrom('channel_cards')
    .select(['id', 'channel', 'person_id', 'failure'])
    .where('card_key', '=', cards.cardKey)
    .execute();
  if (held.length > 0) await changeHeld(context, tx, cards, now);
  const has = new Set(held.map((card) => `${card.channel} ${card.person_id}`));
  const missing = cards.targets.filter((target) => !has.has(`${target.channel.name} ${target.personId}`));
  const { single, together } = await divide(context, tx, { targets: missing, isLoud: cards.isLoud }, now);
  await insert(context, tx, { ...cards, targets: single }, now);
  for (const target of together) await addToDigest(context, tx, target, now);
}

async function changeHeld({ notices }: Owing, tx: Transaction, cards: NewCards, now: number): Promise<void> {
  const { cardKey, news, isFinal, isLoud } = cards;
  const shows = [...notices.channels.values()]
    .filter((channel) => channel.shows === 'every-change' || !quiet.has(news))
    .map(({ name }) => name);
  if (shows.length === 0) return;
  // What was given up is tried again with what is new.
  await tx.sql
    .updateTable('channel_cards')
    .set({ failure: null, attempts: 0 })
    .where('card_key', '=', cardKey)
    .where('failure', 'is not', null)
    .execute();
  await tx.sql
    .updateTable('channel_cards')
    .set((row) => ({ news, revision: row('revision', '+', 1), next_at: now, owed_since: now }))
    .where('card_key', '=', cardKey)
    .where('channel', 'in', shows)
    // Who was told nothing yet is told that they are asked, of what it is by then.
    .$if(news === 'extended', (cards) => cards.where('tried', '=', 1))
    .execute();
  if (!isFinal || isLoud) return;
  // Nobody needs to hear of the end of what they never heard of.
  const loud = [...notices.channels.values()].filter((channel) => channel.shows === 'what-matters');
  if (loud.length === 0) return;
  await tx.sql
    .updateTable('channel_cards')
    .set((row) => ({ next_at: null, sent_revision: row.ref('revision') }))
    .where('card_key', '=', cardKey)
    .where('tried', '=', 0)
    .where(
      'channel',
      'in',
      loud.map(({ name }) => name),
    )
    .execute();
}

async function insert(context: Owing, tx: Transaction, cards: NewCards, now: number): Promise<void> {
  const { targets, cardKey, news, content } = cards;
  for (let from = 0; from < targets.length; from += chunk) {
    await tx.sql
      .insertInto('channel_cards')
      .values(
        targets.slice(from, from + chunk).map(({ channel, personId, after }) => ({
          ...{
            id: context.platform.newId('crd'),
            card_key: cardKey,
            channel: channel.name,
            person_id: personId,
          },
          ...{ news, content: content === null ? null : JSON.stringify(content) },
          ...{ revision: 1, sent_revision: 0, sent_digest: null, handle: null, failure: null },
          ...{ tried: 0, attempts: 0, next_at: after ?? now, owed_since: now, created_at: now },
        })),
      )
      .execute();
  }
}

/**
 * Who was told much within the hour is told of the rest together; the inbox shows all of it. What is loud is counted by
 * itself: an agent that asks a lot would otherwise hide the alarm behind its requests.
 */
async function divide(
  context: Owing,
  tx: Transaction,
  { targets, isLoud }: Pick<NewCards, 'targets' | 'isLoud'>,
  now: number,
) {
  const people = [...new Set(targets.map(({ personId }) => personId))].filter((id) => id !== '');
  if (people.length === 0) return { single: targets, together: [] };
  const all = tx.sql
    .selectFrom('channel_cards')
    .select(['person_id', 'channel'])
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('person_id', 'in', people)
    .where('created_at', '>', now - hourMilliseconds)
    .groupBy(['person_id', 'channel']);
  const counts = await (isLoud ? all.where('news', 'not in', plain) : all).execute();
  const most = isLoud ? mostLoudPerHour : context.config.approvals.tellPerHour;
  const isOver = ({ channel, personId }: Target): boolean => {
    const told = counts.find((row) => row.person_id === personId && row.channel === channel.name);
    return personId !== '' && channel.kind !== 'inbox' && Number(told?.count ?? 0) >= most;
  };
  return { single: targets.filter((target) => !isOver(target)), together: targets.filter(isOver) };
}

async function addToDigest(context: Owing, tx: Transaction, target: Target, now: number): Promise<void> {
  const cardKey = `digest:${Math.floor(now / hourMilliseconds)}`;
  const row = await tx.sql
    .selectFrom('channel_cards')
    .select(['id', 'content'])
    .where('card_key', '=', cardKey)
    .where('channel', '=', target.channel.name)
    .where('person_id', '=', target.personId)
    .executeTakeFirst();
  if (row === undefined) {
    const content = { about: 'digest', count: 1 } as const;
    const news = { cardKey, news: 'asked', content, isFinal: false, isLoud: false };
    return insert(context, tx, { ...news, targets: [target] }, now);
  }
  const { count }: { count: number } = JSON.parse(row.content ?? '{"count":0}');
  // Shown at the next quarter of an hour at the earliest: one card that grows, not a card for each.
  await tx.sql
    .updateTable('channel_cards')
    .set((card) => ({
      content: JSON.stringify({ about: 'digest', count: count + 1 } satisfies CardContent),
      revision: card('revision', '+', 1),
      next_at: now + hourMilliseconds / 4,
      owed_since: now,
    }))
    .where('id', '=', row.id)
    .where('next_at', 'is', null)
    .execute();
  await tx.sql
    .updateTable('channel_cards')
    .set({ content: JSON.stringify({ about: 'digest', count: count + 1 } satisfies CardContent) })
    .where('id', '=', row.id)
    .where('next_at', 'is not', null)
    .execute();
}
