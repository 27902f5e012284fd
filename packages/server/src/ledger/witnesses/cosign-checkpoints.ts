import type { Context } from '../../context.ts';
import { type RunningJob, runJob } from '../../jobs/index.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { firstSeqOf, streamOf, streamSpan } from '../../plugins/database/ledger-streams.ts';
import { readQuorum } from '../checkpoints/find-checkpoint.ts';
import { readLedgerTree } from '../read-ledger-tree.ts';
import { findRecords } from '../search-ledger.ts';
import { createStreamRound } from './cosign-streams.ts';
import { createWitnesses } from './create-witnesses.ts';
import { type Answered, keepOffer, makeRecord } from './keep-offer.ts';
import { offerCheckpoint, type Witness } from './offer-checkpoint.ts';

const dayMilliseconds = 86_400_000;
/** As many as sixteen witnesses with eight reasons each can have in a day. */
const mostRefusals = 128;
const longestPauseMilliseconds = 5 * 60_000;
/** So many rounds in a row without enough witnesses before it is recorded that they are lost. */
const roundsUntilLost = 3;

type Parts = Pick<Context, 'config' | 'store' | 'platform' | 'log'>;

interface Pause {
  readonly failures: number;
  /** Epoch milliseconds. */
  readonly until: number;
}

/**
 * Puts the newest checkpoint before the witnesses, and cosigns those of the other gateways of the database, again and again.
 * Whatever they do stops nothing else.
 */
export function startCosigning(context: Parts): RunningJob {
  const witnesses = createWitnesses(context.config);
  const round = createRound(context, witnesses);
  const { now } = context.platform;
  const everyMilliseconds = context.config.ledger.witnessSeconds * 1000;
  const job = runJob(
    'have checkpoints cosigned',
    async () => {
      await round();
      return now() + everyMilliseconds;
    },
    now,
    context.log,
  );
  const others = context.store.seat.isShared ? startCosigningStreams(context) : undefined;
  return {
    async stop() {
      await job.stop();
      await others?.stop();
      await Promise.all(witnesses.map(({ fetch }) => fetch.close()));
    },
  };
}

function startCosigningStreams(context: Parts): RunningJob {
  const round = createStreamRound(context);
  const { now } = context.platform;
  const job = async () => {
    await round();
    return now() + context.config.ledger.witnessSeconds * 1000;
  };
  return runJob('cosign the streams of other gateways', job, now, context.log);
}

/** One round: whoever has not cosigned the newest checkpoint is asked, unless it was away lately. */
export function createRound(context: Parts, witnesses: readonly Witness[]): () => Promise<void> {
  const pauses = new Map<string, Pause>();
  const { store, platform, config } = context;
  return async () => {
    if (witnesses.length === 0) return;
    const newest = await findNewest(context, witnesses);
    if (newest === undefined) return;
    const now = platform.now();
    const due = witnesses.filter(
      ({ vkey }) => !newest.cosigners.has(vkey) && (pauses.get(vkey)?.until ?? 0) <= now,
    );
    const { size, note } = newest;
    const { stream } = store.seat;
    const offered = { size, note, vkey: store.ledger.vkey, hashAt: readLedgerTree(store.sql, stream) };
    const told = await listRefusals(context, now);
    const answers = await Promise.all(
      due.map(async (witness): Promise<Answered> => {
        const memory = await readMemory(context, witness.vkey);
        const offer = await offerCheckpoint(witness, offered, { memory, now });
        pauses.set(witness.vkey, plan(pauses.get(witness.vkey), offer.kind === 'cosigned', { now, config }));
        const isRecorded = offer.kind === 'refused' && told.has(nameRefusal(witness.key.name, offer.reason));
        return { witness, offer, isRecorded };
      }),
    );
    if (answers.length === 0 && newest.offeredAt !== null) return;
    await store.transaction((tx) => keepRound(context, tx, newest, answers));
  };
}

/** Of the last day. A witness that changes its mind each round would otherwise write into the ledger as it likes. */
async function listRefusals(context: Parts, now: number): Promise<ReadonlySet<string>> {
  const { items } = await findRecords(context, { kind: 'ledger.witness_refused', limit: mostRefusals });
  const { stream } = context.store.seat;
  const recent = items.filter(({ at, seq }) => at > now - dayMilliseconds && streamOf(seq) === stream);
  return new Set(recent.map(({ body }) => nameRefusal(body?.witness, body?.reason)));
}

function nameRefusal(witness: unknown, reason: unknown): string {
  return JSON.stringify([witness, reason]);
}

function plan(
  before: Pause | undefined,
  isWell: boolean,
  { now, config }: { readonly now: number; readonly config: Context['config'] },
): Pause {
  if (isWell) return { failures: 0, until: 0 };
  const failures = Math.min((before?.failures ?? 0) + 1, 16);
  const pause = config.ledger.witnessSeconds * 1000 * 2 ** (failures - 1);
  return { failures, until: now + Math.min(pause, longestPauseMilliseconds) };
}

interface Newest {
  readonly size: number;
  readonly note: string;
  /** Epoch milliseconds; null while it was put before nobody. */
  readonly offeredAt: number | null;
  /** How many had cosigned it before this round. */
  readonly cosigned: number;
  /** Their verifier keys. */
  readonly cosigners: ReadonlySet<string>;
}

async function findNewest(
  { store: { seat, sql } }: Parts,
  witnesses: readonly Witness[],
): Promise<Newest | undefined> {
  const base = firstSeqOf(seat.stream);
  const row = await sql
    .selectFrom('ledger_checkpoints')
    .select(['size', 'note', 'offered_at', 'cosigned'])
    .where('size', '>=', base)
    .where('size', '<', base + streamSpan)
    .orderBy('size', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const lines = await sql
    .selectFrom('ledger_cosignatures')
    .select('vkey')
    .where('size', '=', row.size)
    .where(
      'vkey',
      'in',
      witnesses.map(({ vkey }) => vkey),
    )
    .execute();
  const { size, note, offered_at: offeredAt, cosigned } = row;
  return { size: size - base, note, offeredAt, cosigned, cosigners: new Set(lines.map(({ vkey }) => vkey)) };
}

async function readMemory({ store: { seat, sql } }: Parts, vkey: string) {
  const row = await sql
    .selectFrom('ledger_witnesses')
    .select(['size', 'cosigned_at'])
    .where('stream', '=', seat.stream)
    .where('vkey', '=', vkey)
    .executeTakeFirst();
  return { size: row?.size ?? 0, cosignedAt: row?.cosigned_at ?? null };
}

/** All of a round at once: what was answered, that it was asked, and whether enough witnesses were found or lost. */
async function keepRound(
  { platform, config, store }: Parts,
  tx: Transaction,
  { size, offeredAt, cosigned: before, cosigners }: Newest,
  answers: readonly Answered[],
): Promise<void> {
  const { stream } = store.seat;
  const base = firstSeqOf(stream);
  for (const answer of answers) await keepOffer(platform, tx, { size, stream }, answer);
  const added = answers.filter(({ offer }) => offer.kind === 'cosigned').map(({ witness }) => witness);
  const cosigned = cosigners.size + added.length;
  await tx.sql
    .updateTable('ledger_checkpoints')
    .set({ cosigned, offered_at: offeredAt ?? platform.now() })
    .where('size', '=', base + size)
    .execute();
  const quorum = readQuorum(config);
  const isReached = cosigned >= quorum;
  if (offeredAt !== null && before >= quorum === isReached) return;
  const earlier = await tx.sql
    .selectFrom('ledger_checkpoints')
    .select('cosigned')
    .where('offered_at', 'is not', null)
    .where('size', '>=', base)
    .where('size', '<', base + size)
    .orderBy('size', 'desc')
    .limit(roundsUntilLost)
    .execute();
  const [last, ...others] = earlier.map((row) => row.cosigned >= quorum).reverse();
  const wasAway = earlier.every((row) => row.cosigned < quorum);
  const isLost =
    !isReached && last === true && others.length === roundsUntilLost - 1 && !others.includes(true);
  if (!(isReached ? wasAway : isLost)) return;
  const body = { cosigned, quorum, size, state: isReached ? 'reached' : 'lost' };
  tx.record(makeRecord(platform, 'ledger.cosigned', body));
}
