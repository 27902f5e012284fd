import { AppError } from '@countersign/api';
import { orderOnCall, parseDay, parseMinute, type RotaOverride } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { type NamedRota, readRota } from './load-roster.ts';

export const rotaName = z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/);
export const timeZoneInput = z.string().max(64).refine(isTimeZone, { message: 'no such time zone' });

export const setRotaInput = z.strictObject({
  name: rotaName,
  people: z.array(idSchema('per')).min(1).max(64).describe('In the order of their turns'),
  periodDays: z.number().int().min(1).max(90).default(7),
  startsOn: z
    .string()
    .refine((text) => parseDay(text) !== undefined, { message: 'a day such as 2026-11-22' })
    .describe('When the first of them takes over'),
  handover: z
    .string()
    .refine((text) => parseMinute(text) !== undefined, { message: 'a time such as 09:00' })
    .default('09:00'),
  timeZone: timeZoneInput.default('UTC'),
});

export const overrideRotaInput = z
  .strictObject({
    personId: idSchema('per'),
    from: z.number().int().min(0),
    until: z.number().int().min(0),
  })
  .refine(({ from, until }) => until > from && until - from <= 90 * 86_400_000, {
    message: 'it lasts up to 90 days',
  });

export const rotaSchema = z.object({
  name: z.string(),
  people: z.array(z.string()).readonly(),
  periodDays: z.number(),
  startsOn: z.string(),
  handover: z.string(),
  timeZone: z.string(),
  overrides: z.array(z.object({ person: z.string(), from: z.number(), until: z.number() })).readonly(),
  order: z.array(z.string()).readonly().describe('Who is on call now first'),
});

export type RotaView = z.infer<typeof rotaSchema>;

type Rotas = Pick<Context, 'platform' | 'store'>;

const mostRotas = 200;
const mostOverrides = 100;
/** The longest that an approval can take: until then somebody may ask who was on call. */
const keptMilliseconds = 8 * 86_400_000;

/** Makes or replaces a rota; overrides stay. Throws `person.not_found`. */
export async function setRota(
  context: Rotas,
  actor: Actor,
  input: z.input<typeof setRotaInput>,
): Promise<RotaView> {
  requirePermission(actor, 'approvals.route');
  const given = setRotaInput.parse(input);
  return context.store.transaction(async (tx) => {
    await requirePeople(tx, given.people);
    const before = await findRota(tx, given.name);
    const { total } = await tx.sql
      .selectFrom('approval_rotas')
      .select((all) => all.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow();
    if (before === undefined && Number(total) >= mostRotas) throw new AppError('server.rate_limited');
    const rota: NamedRota = {
      ...{ name: given.name, people: [...new Set(given.people)], periodDays: given.periodDays },
      ...{ startsOn: given.startsOn, handoverMinute: parseMinute(given.handover) ?? 0 },
      ...{ timeZone: given.timeZone, overrides: before?.overrides ?? [] },
    };
    await saveRota(context, tx, actor, rota);
    return viewRota(rota, context.platform.now());
  });
}

/** Puts somebody on call for a time instead of the one whose turn it is. Throws `approval.rota_not_found`. */
export async function overrideRota(
  context: Rotas,
  actor: Actor,
  name: string,
  input: z.input<typeof overrideRotaInput>,
): Promise<RotaView> {
  requirePermission(actor, 'approvals.route');
  const { personId, from, until } = overrideRotaInput.parse(input);
  return context.store.transaction(async (tx) => {
    await requirePeople(tx, [personId]);
    const rota = await findRota(tx, name);
    if (rota === undefined) throw new AppError('approval.rota_not_found');
    const now = context.platform.now();
    const kept = rota.overrides.filter((one) => one.until > now - keptMilliseconds);
    if (kept.length >= mostOverrides) throw new AppError('server.rate_limited');
    const override: RotaOverride = { person: personId, from, until };
    const changed = { ...rota, overrides: [...kept, override] };
    await saveRota(context, tx, actor, changed);
    return viewRota(changed, now);
  });
}

/** Every rota with who is on call now. */
export async function listRotas(context: Rotas, actor: Actor): Promise<readonly RotaView[]> {
  requirePermission(actor, 'approvals.read');
  const rows = await context.store.sql.selectFrom('approval_rotas').selectAll().orderBy('name').execute();
  return rows.map((row) => viewRota(readRota(row), context.platform.now()));
}

function viewRota(rota: NamedRota, at: number): RotaView {
  const { name, people, periodDays, startsOn, handoverMinute, timeZone, overrides } = rota;
  const two = (count: number): string => String(count).padStart(2, '0');
  const handover = `${two(Math.floor(handoverMinute / 60))}:${two(handoverMinute % 60)}`;
  return {
    ...{ name, people, periodDays, startsOn, handover, timeZone },
    overrides: overrides.filter((one) => one.until > at),
    order: orderOnCall(rota, at),
  };
}

async function findRota(tx: Transaction, name: string): Promise<NamedRota | undefined> {
  const row = await tx.sql
    .selectFrom('approval_rotas')
    .selectAll()
    .where('name', '=', name)
    .executeTakeFirst();
  return row === undefined ? undefined : readRota(row);
}

async function saveRota(context: Rotas, tx: Transaction, actor: Actor, rota: NamedRota): Promise<void> {
  const at = context.platform.now();
  const row = {
    ...{ people: JSON.stringify(rota.people), period_days: rota.periodDays, starts_on: rota.startsOn },
    ...{ handover_minute: rota.handoverMinute, time_zone: rota.timeZone },
    ...{ overrides: JSON.stringify(rota.overrides), changed_at: at },
  };
  await tx.sql
    .insertInto('approval_rotas')
    .values({ name: rota.name, ...row })
    .onConflict((same) => same.column('name').doUpdateSet(row))
    .execute();
  tx.record({
    id: context.platform.newId('rec'),
    kind: 'approval.rota_changed',
    at,
    causes: [],
    body: { by: nameActor(actor), ...rota },
  });
}

async function requirePeople(tx: Transaction, ids: readonly string[]): Promise<void> {
  const rows = await tx.sql.selectFrom('people').select('id').where('id', 'in', ids).execute();
  if (rows.length < new Set(ids).size) throw new AppError('person.not_found');
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
