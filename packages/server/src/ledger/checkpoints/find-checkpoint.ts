import type { Context } from '../../context.ts';
import type { Store } from '../../plugins/database/database.ts';

/** A checkpoint as it is published. */
export interface PublishedCheckpoint {
  /** Number of records it covers. */
  readonly size: number;
  /** C2SP signed note: the log's line, then those of the witnesses that have cosigned it. */
  readonly note: string;
  /** Epoch milliseconds of the newest record it covers. */
  readonly at: number;
  /** How many witnesses have cosigned it. */
  readonly cosigned: number;
}

type Parts = Pick<Context, 'config' | 'store'>;

/** How many cosignatures are enough; 0 without witnesses. */
export function readQuorum({ ledger }: Pick<Context['config'], 'ledger'>): number {
  return ledger.witnessQuorum ?? ledger.witnesses.length;
}

/**
 * The newest checkpoint that was put before the witnesses, with the cosignatures it got; without witnesses the newest that
 * was signed. One that no witness answered to is published, too: whoever relies on witnesses counts them.
 */
export async function findPublished({ config, store }: Parts): Promise<PublishedCheckpoint> {
  if (config.ledger.witnesses.length > 0) {
    const offered = await selectCheckpoints(store).where('offered_at', 'is not', null).executeTakeFirst();
    if (offered !== undefined) return addLines(store, offered);
  }
  const newest = await selectCheckpoints(store).executeTakeFirst();
  return addLines(store, newest ?? { ...(await store.checkpoint()), cosigned: 0 });
}

/**
 * A checkpoint over the first `size` records at least: the newest that enough witnesses have cosigned, if one reaches so far,
 * else the newest that was signed. One is signed now if none reaches so far.
 */
export async function findCheckpointOver(
  { config, store }: Parts,
  size: number,
): Promise<PublishedCheckpoint> {
  const quorum = readQuorum(config);
  const reaching = selectCheckpoints(store).where('size', '>=', size);
  if (quorum > 0) {
    const witnessed = await reaching
      .where('offered_at', 'is not', null)
      .where('cosigned', '>=', quorum)
      .executeTakeFirst();
    if (witnessed !== undefined) return addLines(store, witnessed);
  }
  const newest = await reaching.executeTakeFirst();
  return addLines(store, newest ?? { ...(await store.checkpoint()), cosigned: 0 });
}

/** The checkpoint that was signed at exactly this size, if one was. */
export async function findCheckpointAt(store: Store, size: number): Promise<PublishedCheckpoint | undefined> {
  const found = await selectCheckpoints(store).where('size', '=', size).executeTakeFirst();
  return found && addLines(store, found);
}

function selectCheckpoints({ sql }: Pick<Store, 'sql'>) {
  return sql
    .selectFrom('ledger_checkpoints')
    .select(['size', 'note', 'at', 'cosigned'])
    .orderBy('size', 'desc')
    .limit(1);
}

async function addLines(
  { sql }: Pick<Store, 'sql'>,
  checkpoint: PublishedCheckpoint,
): Promise<PublishedCheckpoint> {
  const lines = await sql
    .selectFrom('ledger_cosignatures')
    .select('line')
    .where('size', '=', checkpoint.size)
    .orderBy('vkey')
    .execute();
  return {
    ...checkpoint,
    note: `${checkpoint.note}${lines.map(({ line }) => line).join('')}`,
    cosigned: lines.length,
  };
}
