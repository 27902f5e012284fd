import { AppError } from '@countersign/api';
import { formatVerifierKey, signEvidenceReport } from '@countersign/ledger';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { proveRecords, recordRead } from '../../ledger/index.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import { createNoteSigner } from '../../plugins/database/checkpoint-writer.ts';
import { loadLedgerKey } from '../../tokens/index.ts';
import { assessClaims } from './assess-claims.ts';
import { type Period, PeriodRecords } from './claims/period-records.ts';
import { judgeControl } from './judge-control.ts';
import { keepEvidence } from './keep-evidence.ts';
import { type FrameworkId, frameworkIds, frameworks } from './list-frameworks.ts';
import { readDrills } from './read-drills.ts';
import type { EvidenceReport, SampledRecord, SignedEvidence } from './report/evidence-report.ts';

const time = z.number().int().min(0).max(8_640_000_000_000_000);
const longestPeriod = 400 * 86_400_000;

export const makeEvidenceInput = z.strictObject({
  /** All, when absent. */
  frameworks: z.array(z.enum(frameworkIds)).min(1).max(frameworkIds.length).optional(),
  from: time.describe('Epoch milliseconds; 30 days before `to` when absent').optional(),
  to: time.describe('Epoch milliseconds, exclusive; now when absent').optional(),
  seed: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/)
    .describe('Which records are sampled follows from it; whoever audits may name one')
    .optional(),
});

/**
 * Looks up what there is for and against each control, signs and keeps it, and records that it was made. Bounded in
 * records and time. Throws `exposure.evidence_period`, `exposure.evidence_too_long`, `exposure.evidence_running`.
 */
export async function makeEvidence(context: Context, actor: Actor, input: unknown): Promise<SignedEvidence> {
  requirePermission(actor, 'exposure.make_evidence');
  const given = makeEvidenceInput.parse(input);
  const now = context.platform.now();
  const { to = now + 1, from = Math.max(0, to - 30 * 86_400_000) } = given;
  if (from >= to || to - from > longestPeriod) throw new AppError('exposure.evidence_period');
  return context.evidence.alone(async () => {
    const id = context.platform.newId('evd');
    const chosen = given.frameworks ?? frameworkIds;
    const asked = { id, by: nameActor(actor), from, to, seed: given.seed ?? id };
    const report = await gather(context, actor, asked, chosen);
    const signer = createNoteSigner(
      await loadLedgerKey({
        sql: context.store.sql,
        masterKey: context.masterKey,
        platform: context.platform,
      }),
    );
    const note = signEvidenceReport(report, signer);
    const signed = { report, note, vkey: formatVerifierKey(signer.key) };
    await keepEvidence(context, signed);
    await recordRead(context, actor, { how: 'evidence', selection: { report: id } });
    return signed;
  });
}

interface Asked extends Period {
  readonly id: string;
  readonly by: string;
  readonly seed: string;
}

async function gather(
  context: Context,
  actor: Actor,
  { id, by, from, to, seed }: Asked,
  chosen: readonly FrameworkId[],
): Promise<EvidenceReport> {
  const picked = frameworks.filter((one) => chosen.includes(one.id));
  const controls = picked.flatMap((one) => one.controls);
  const looking = { context, actor, records: new PeriodRecords(context, { from, to }) };
  const claims = await assessClaims(looking, controls, seed);
  const drills = await readDrills(context, { from, to });
  const known = new Map(claims.map((claim) => [claim.id as string, claim]));
  const named = new Set([
    ...claims.flatMap(({ samples }) => samples),
    ...drills.flatMap(({ record }) => record ?? []),
  ]);
  const { server } = context.config;
  const proven = await proveRecords(context, [...named].sort());
  return {
    ...{ format: 'countersign-evidence/1', report: id, server: server.publicUrl },
    ...{ environment: server.environment, madeAt: context.platform.now(), by, from, to, seed },
    ...{ checkpoint: proven.checkpoint, size: proven.size },
    ...(proven.streams === undefined ? {} : { streams: proven.streams }),
    frameworks: picked.map(({ controls: items, ...framework }) => ({
      ...framework,
      controls: items.map((control) => judgeControl(control, known, drills)),
    })),
    claims,
    records: proven.records.map((record) => describeRecord(server.publicUrl, record)),
  };
}

function describeRecord(
  publicUrl: string,
  record: Pick<SampledRecord, 'id' | 'entry' | 'path'>,
): SampledRecord {
  const { kind, at }: { readonly kind: string; readonly at: number } = JSON.parse(record.entry);
  return { ...record, kind, at, link: `${publicUrl}/ledger/${record.id}` };
}
