import { AppError } from '@countersign/api';
import {
  type BundleCheckpoint,
  type BundleHeader,
  type BundleParts,
  type ChosenRecord,
  digestBundle,
  type HashAt,
  proveConsistency,
  proveInclusion,
  writeBundle,
} from '@countersign/ledger';
import type { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, findDisplayName, nameActor } from '../../people/index.ts';
import { findCheckpointOver } from '../checkpoints/find-checkpoint.ts';
import { readLedgerTree } from '../read-ledger-tree.ts';
import { describeShown } from '../reads/read-windows.ts';
import { recordRead } from '../reads/record-read.ts';
import { type Reading, requireReading } from '../scope/reading.ts';
import { nameWatermark } from '../scope/watermark.ts';
import { type bundleInput, readSelection } from './bundle-input.ts';
import { collectRecords } from './collect-records.ts';
import { gatherPapers, type PaperSources } from './gather-papers.ts';
import { openRecords } from './open-records.ts';

type Making = Pick<Context, 'config' | 'platform' | 'receipts' | 'store'>;

const longestMs = 30_000;
const mostPayloadBytes = 64 * 1024 * 1024;

/**
 * The lines of a bundle, without newlines, to be read as they are asked for. That it was made, for whom, and a digest of all that
 * is in it, is recorded durably before the first line. Throws `ledger.record_not_found` when nothing matches.
 */
export async function makeBundle(
  context: Making,
  sources: PaperSources,
  actor: Actor,
  input: z.input<typeof bundleInput>,
): Promise<AsyncGenerator<string, void, void>> {
  const reading = await requireReading(context, actor, 'ledger.export');
  const { asked, limit, without } = readSelection(input);
  const { store, platform } = context;
  const started = platform.now();
  const bounds = { most: limit, isOver: () => platform.now() - started > longestMs };
  const collected = await collectRecords(context, reading, { ...bounds, selection: asked });
  if (!collected.records.some(reading.isVisible)) throw new AppError('ledger.record_not_found');
  const seqs = collected.records.map(({ seq }) => seq);
  const opened = await openRecords(store, seqs, { without, mostBytes: mostPayloadBytes, reading });
  const { records } = opened;
  const id = platform.newId('rec');
  const header: BundleHeader = {
    madeAt: started,
    madeFor: await describeReader(context, actor, reading, id),
    selection: { ...asked, ...(without.length === 0 ? {} : { without }) },
    truncated: collected.truncated || opened.truncated,
    ...store.ledger,
  };
  const papers = await gatherPapers(context, sources, { records, reading });
  const parts: BundleParts = { header, records, missing: listMissing(records), ...papers };
  await recordRead(context, actor, {
    how: 'bundle',
    selection: { ...header.selection },
    shown: describeShown(collected.records.filter(reading.isVisible)),
  });
  // Gathering takes its time, and whoever's access ended meanwhile gets nothing.
  if (!(await reading.isLive())) throw new AppError('person.forbidden', { detail: 'ledger.export' });
  const made = await recordMaking(context, actor, { id, parts });
  const { size, note } = await store.checkpoint();
  const hashAt = rememberHashes(readLedgerTree(store.sql));
  const reach = (records.at(-1)?.entry.seq ?? 0) + 1;
  return writeBundle(parts, {
    made,
    checkpoint: { checkpoint: note, witnessed: await findWitnessed(context, { reach, size, hashAt }) },
    prove: ({ seq }) => proveInclusion(seq, size, hashAt),
  });
}

interface SignedTree {
  /** After the last record of the bundle but that of its making. */
  readonly reach: number;
  readonly size: number;
  readonly hashAt: HashAt;
}

/** What witnesses cosigned, if they have seen these records: they have not seen yet that the bundle was made. */
async function findWitnessed(
  context: Making,
  { reach, size, hashAt }: SignedTree,
): Promise<BundleCheckpoint['witnessed']> {
  const seen = await findCheckpointOver(context, reach);
  if (seen.cosigned === 0 || seen.size > size) return null;
  return { checkpoint: seen.note, consistency: await proveConsistency(seen.size, size, hashAt) };
}

async function describeReader(
  context: Making,
  actor: Actor,
  { access }: Reading,
  record: string,
): Promise<BundleHeader['madeFor']> {
  const id = nameActor(actor);
  const name = actor.kind === 'person' ? await findDisplayName(context, actor.person) : id;
  if (access === undefined) return { id, name };
  return { id, name, access: { until: access.until, watermark: nameWatermark(record) } };
}

function listMissing(records: readonly ChosenRecord[]): readonly string[] {
  const held = new Set(records.map(({ entry }) => entry.id));
  const causes = new Set(records.flatMap(({ entry }) => entry.causes));
  return [...causes].filter((cause) => !held.has(cause)).sort();
}

async function recordMaking(
  { store, platform }: Making,
  actor: Actor,
  { id, parts }: { readonly id: string; readonly parts: BundleParts },
): Promise<ChosenRecord> {
  const { header, records } = parts;
  await store.append([
    {
      ...{ id, kind: 'ledger.bundled', at: platform.now(), causes: [] },
      ...(actor.kind === 'person' ? { person: actor.person } : {}),
      body: {
        by: nameActor(actor),
        digest: digestBundle(parts),
        records: records.length,
        selection: header.selection,
        truncated: header.truncated,
      },
    },
  ]);
  const { seq } = await store.sql
    .selectFrom('ledger_entries')
    .select('seq')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const [made] = (await openRecords(store, [seq], { without: [], mostBytes: mostPayloadBytes })).records;
  if (made === undefined) throw new AppError('ledger.unavailable');
  return made;
}

/** Proofs of records that stand near each other share most of their nodes. */
function rememberHashes(hashAt: HashAt): HashAt {
  const known = new Map<string, ReturnType<HashAt>>();
  return (level, index) => {
    const name = `${level} ${index}`;
    const hash = known.get(name) ?? hashAt(level, index);
    known.set(name, hash);
    return hash;
  };
}
