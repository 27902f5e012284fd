import type { Selectable } from 'kysely';
import type { Context } from '../../context.ts';
import { readPerson } from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import type {
  ApprovalChannel,
  Card,
  Delivery,
  Outcome,
} from '../../plugins/approval-channel/approval-channel.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { loadApproval } from '../load-approval.ts';
import { findAudience } from './find-audience.ts';
import { findAddress, isChannelOn } from './find-targets.ts';
import { giveUpCard } from './give-up-card.ts';
import { readPreferences } from './preferences/index.ts';
import { type CardContent, writeApprovalCard, writeContentCard } from './write-card.ts';

export type CardRow = Selectable<Schema['channel_cards']>;
type Delivering = Pick<Context, 'approvals' | 'config' | 'log' | 'notices' | 'platform' | 'store'>;

const attemptMilliseconds = 15_000;
/** A claim outlives its attempt, so that nobody else begins while it runs. */
const claimMilliseconds = 20_000;
const firstPauseMilliseconds = 2_000;
const longestPauseMilliseconds = 600_000;
const mostAttempts = 150;
const longestOwedMilliseconds = 24 * 3_600_000;
/** A card that waited less is for whom it was made for. */
const waitedMilliseconds = 60_000;

/** One attempt to bring one copy up to what is true now. It is counted before it is made: a crash repeats it, later. */
export async function deliverCard(
  context: Delivering,
  channel: ApprovalChannel,
  row: CardRow,
): Promise<void> {
  const { sql } = context.store;
  const now = context.platform.now();
  const claimed = await sql
    .updateTable('channel_cards')
    .set({ attempts: row.attempts + 1, tried: 1, next_at: now + claimMilliseconds })
    .where('id', '=', row.id)
    .where('revision', '=', row.revision)
    .where('next_at', '=', row.next_at)
    .executeTakeFirst();
  if (claimed.numUpdatedRows !== 1n) return;
  const to = await findRecipient(context, channel, row);
  // Somebody left, lost the role, or turned the channel off: nothing more of this is for them.
  if (to === undefined) return settle(context, row, { digest: row.sent_digest, handle: row.handle });
  const card = await writeCard(context, row);
  const digest = sha256(JSON.stringify({ ...card, news: '' }));
  const isShown = digest === row.sent_digest;
  if (isShown && !isForEveryNews(channel)) return settle(context, row, { digest, handle: row.handle });
  const outcome = await attempt(channel, {
    id: `${row.id}.${row.revision}`,
    ...{ card, to, handle: row.handle, isRepeat: row.tried === 1, at: now },
    signal: AbortSignal.timeout(attemptMilliseconds),
  });
  if (outcome.outcome === 'delivered') return settle(context, row, { digest, handle: outcome.handle });
  const isOver =
    outcome.outcome === 'refused' ||
    row.attempts + 1 >= mostAttempts ||
    now - row.owed_since >= longestOwedMilliseconds;
  context.log.warn({ channel: channel.name, card: row.id, why: outcome.why }, 'a card was not delivered');
  if (isOver) return giveUpCard(context, channel, row, outcome.why);
  await sql
    .updateTable('channel_cards')
    .set({
      next_at: context.platform.now() + choosePause(context, row.attempts, outcome),
      handle: outcome.handle ?? row.handle,
    })
    .where('id', '=', row.id)
    .execute();
}

/** A receiver of events gets each; elsewhere what looks the same is not said twice. */
function isForEveryNews({ kind }: ApprovalChannel): boolean {
  return kind === 'webhook';
}

async function attempt(channel: ApprovalChannel, delivery: Delivery): Promise<Outcome> {
  const late = new Promise<Outcome>((resolve) => {
    const end = (): void => resolve({ outcome: 'failed', why: 'it took too long' });
    if (delivery.signal.aborted) end();
    else delivery.signal.addEventListener('abort', end, { once: true });
  });
  const done = channel.deliver(delivery).catch((): Outcome => ({ outcome: 'failed', why: 'it failed here' }));
  return Promise.race([done, late]);
}

async function settle(
  context: Delivering,
  row: CardRow,
  shown: { readonly digest: string | null; readonly handle: string | null },
): Promise<void> {
  const { sql } = context.store;
  const sent = {
    ...{ sent_revision: row.revision, sent_digest: shown.digest, handle: shown.handle, attempts: 0 },
  };
  const last = await sql
    .updateTable('channel_cards')
    .set({ ...sent, next_at: null })
    .where('id', '=', row.id)
    .where('revision', '=', row.revision)
    .executeTakeFirst();
  if (last.numUpdatedRows === 1n) return;
  // There is more to say by now; it was made due when it was noted.
  await sql.updateTable('channel_cards').set(sent).where('id', '=', row.id).execute();
}

/** Doubling, with a quarter of chance on either side, and never sooner than the other side asked for. */
function choosePause(
  { platform }: Pick<Context, 'platform'>,
  attempts: number,
  outcome: { readonly retryAfterMilliseconds?: number },
): number {
  const pause = Math.min(firstPauseMilliseconds * 2 ** Math.min(attempts, 20), longestPauseMilliseconds);
  const [byte = 0] = platform.randomBytes(1);
  return Math.max(Math.round(pause * (0.75 + byte / 510)), outcome.retryAfterMilliseconds ?? 0);
}

async function writeCard(context: Delivering, row: CardRow): Promise<Card> {
  if (row.content !== null) {
    const content: CardContent = JSON.parse(row.content);
    return writeContentCard(row.id, content, context.config.server.publicUrl);
  }
  const approval = await loadApproval(context.store, row.card_key);
  return writeApprovalCard(row.id, approval, row.news, context.approvals.link(approval.id));
}

/** Null for a place; undefined when the copy has nobody any more who may be shown it. */
async function findRecipient(
  context: Delivering,
  channel: ApprovalChannel,
  card: CardRow,
): Promise<Delivery['to'] | undefined> {
  if (channel.reach === 'place') return null;
  const personId = card.person_id;
  const row = await context.store.sql
    .selectFrom('people')
    .selectAll()
    .where('id', '=', personId)
    .where('state', '=', 'active')
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const person = readPerson(row);
  const preferences = await readPreferences(context, [personId]);
  const own = preferences.find((one) => one.channel === channel.name);
  if (!isChannelOn(context, channel, person, own) && !(await isEndOfShown(context, card))) return undefined;
  if (!(await isStillFor(context, card))) return undefined;
  if (channel.addresses === 'none') return { personId, address: null };
  const address = findAddress(context, channel, person, own);
  return address === undefined ? undefined : { personId, address };
}

/** What was shown may say its end where the channel is off by now: a card that asks for ever would be worse. */
async function isEndOfShown(context: Delivering, card: CardRow): Promise<boolean> {
  if (card.sent_digest === null || card.content !== null) return false;
  return (await loadApproval(context.store, card.card_key)).state !== 'requested';
}

/** What waited, for the end of quiet hours above all, is not shown to who would not be asked any more. */
async function isStillFor(context: Delivering, card: CardRow): Promise<boolean> {
  const { tried, content, created_at, person_id } = card;
  if (tried === 1 || content !== null || context.platform.now() - created_at < waitedMilliseconds)
    return true;
  const approval = await loadApproval(context.store, card.card_key);
  // Of what is decided, who voted may see the end.
  const asked = approval.state === 'requested' ? approval : { ...approval, votes: [] };
  return (await findAudience(context, asked)).some(({ person }) => person.id === person_id);
}
