import type { Context } from '../../context.ts';
import type { Store } from '../../plugins/database/database.ts';
import { firstSeqOf, streamSpan } from '../../plugins/database/ledger-streams.ts';
import { awaitCheckpoint } from './await-checkpoint.ts';

/** A checkpoint as it is published. */
export interface PublishedCheckpoint {
  /** Number of records of its stream that it covers. */
  readonly size: number;
  /** C2SP signed note: the log's line, then those of the witnesses and of other gateways that have cosigned it. */
  readonly note: string;
  /** Epoch milliseconds of the newest record it covers. */
  readonly at: number;
  /** How many witnesses have cosigned it. */
  readonly cosigned: number;
  /** How many other gateways of this database have cosigned it. */
  readonly cosignedByGateways: number;
}

/** Milliseconds that a stream grows on without other gateways. */
const longestAlone = 60_000;

type Parts = Pick<Context, 'config' | 'store'>;

/** How many cosignatures are enough; 0 without witnesses. */
export function readQuorum({ ledger }: Pick<Context['config'], 'ledger'>): number {
  return ledger.witnessQuorum ?? ledger.witnesses.length;
}

/**
 * The newest checkpoint of a stream that was put before the witnesses, with the cosignatures it got; without witnesses the
 * newest that was signed. One that no witness answered to is published, too: whoever relies on witnesses counts them.
 */
export async function findPublished(
  { config, store }: Parts,
  stream = store.seat.stream,
): Promise<PublishedCheckpoint> {
  if (config.ledger.witnesses.length > 0) {
    const offered = await selectCheckpoints(store, stream)
      .where('offered_at', 'is not', null)
      .executeTakeFirst();
    if (offered !== undefined) return addLines(store, stream, offered);
  }
  const newest = await selectCheckpoints(store, stream).executeTakeFirst();
  const cosigned = newest && (await selectCosigned(store, stream).executeTakeFirst());
  // When there is nobody any more who cosigns, what is published goes on.
  const isRecent = cosigned && newest.at - cosigned.at <= longestAlone;
  return addLines(store, stream, (isRecent ? cosigned : newest) ?? (await awaitCheckpoint(store, stream, 0)));
}

/**
 * A checkpoint over the first `size` records of a stream at least: the newest that enough witnesses have cosigned, if one
 * reaches so far, else the newest that another gateway has, else the newest that was signed. One is signed now if none
 * reaches so far, by the gateway that writes the stream. Throws `ledger.not_signed`.
 */
export async function findCheckpointOver(
  { config, store }: Parts,
  size: number,
  stream = store.seat.stream,
): Promise<PublishedCheckpoint> {
  const quorum = readQuorum(config);
  const least = firstSeqOf(stream) + size;
  const reaching = selectCheckpoints(store, stream).where('size', '>=', least);
  if (quorum > 0) {
    const witnessed = await reaching
      .where('offered_at', 'is not', null)
      .where('cosigned', '>=', quorum)
      .executeTakeFirst();
    if (witnessed !== undefined) return addLines(store, stream, witnessed);
  }
  const newest =
    (await selectCosigned(store, stream).where('size', '>=', least).executeTakeFirst()) ??
    (await reaching.executeTakeFirst());
  return addLines(store, stream, newest ?? (await awaitCheckpoint(store, stream, size)));
}

/** The checkpoint that was signed at exactly this size of a stream, if one was. */
export async function findCheckpointAt(
  store: Store,
  size: number,
  stream = store.seat.stream,
): Promise<PublishedCheckpoint | undefined> {
  const found = await selectCheckpoints(store, stream)
    .where('size', '=', firstSeqOf(stream) + size)
    .executeTakeFirst();
  return found && addLines(store, stream, found);
}

interface CheckpointRow {
  readonly size: number;
  readonly note: string;
  readonly at: number;
}

function selectCheckpoints({ sql }: Pick<Store, 'sql'>, stream: number) {
  const base = firstSeqOf(stream);
  return sql
    .selectFrom('ledger_checkpoints')
    .select((row) => [row('size', '-', base).as('size'), 'note', 'at'])
    .where('size', '>=', base)
    .where('size', '<', base + streamSpan)
    .orderBy('ledger_checkpoints.size', 'desc')
    .limit(1);
}

/** Those that other gateways have cosigned. */
function selectCosigned(store: Pick<Store, 'sql'>, stream: number) {
  return selectCheckpoints(store, stream).where('size', 'in', (query) =>
    query
      .selectFrom('ledger_cosignatures')
      .select('ledger_cosignatures.size')
      .where('signer', 'is not', null)
      .where('ledger_cosignatures.size', '>=', firstSeqOf(stream))
      .where('ledger_cosignatures.size', '<', firstSeqOf(stream) + streamSpan),
  );
}

async function addLines(
  { sql }: Pick<Store, 'sql'>,
  stream: number,
  { size, note, at }: CheckpointRow,
): Promise<PublishedCheckpoint> {
  const lines = await sql
    .selectFrom('ledger_cosignatures')
    .select(['line', 'signer'])
    .where('size', '=', firstSeqOf(stream) + size)
    .orderBy('vkey')
    .execute();
  const cosignedByGateways = lines.filter(({ signer }) => signer !== null).length;
  return {
    ...{ size, at },
    note: `${note}${lines.map(({ line }) => line).join('')}`,
    cosigned: lines.length - cosignedByGateways,
    cosignedByGateways,
  };
}
