import type { RiskLevel } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, getPerson, nameActor, requirePermission } from '../../people/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { plainLine } from '../../wire/plain-text.ts';
import { changeRisk, type RiskContext } from './change-risk.ts';

const hourMilliseconds = 3_600_000;
const administrator = 'administrator';

export const setRiskInput = z.strictObject({
  personId: idSchema('per'),
  level: z.enum(['medium', 'high']),
  reason: plainLine(500),
  hours: z
    .number()
    .int()
    .min(1)
    .max(8760)
    .optional()
    .describe('How long it lasts; as configured when absent.'),
});

export const clearRiskInput = z.strictObject({
  personId: idSchema('per'),
  reason: plainLine(500).optional(),
});

export interface PersonRisk {
  readonly personId: string;
  readonly risk: RiskLevel;
}

/** Raises a person's risk, at once. Throws `person.not_found`. */
export async function setRisk(
  context: RiskContext & Pick<Context, 'config'>,
  actor: Actor,
  input: z.input<typeof setRiskInput>,
): Promise<PersonRisk> {
  requirePermission(actor, 'signals.change_risk');
  const { personId, level, reason, hours } = setRiskInput.parse(input);
  await getPerson(context.store, personId);
  const lasts = hours ?? findRiskHours(context, level);
  const risk = await changeRisk(context, {
    ...{ personId, level, reason, source: administrator, by: nameActor(actor), causes: [] },
    expiresAt: context.platform.now() + lasts * hourMilliseconds,
  });
  return { personId, risk };
}

/** Takes back all that is said of a person, whoever says it. Throws `person.not_found`. */
export async function clearRisk(
  context: RiskContext,
  actor: Actor,
  input: z.input<typeof clearRiskInput>,
): Promise<PersonRisk> {
  requirePermission(actor, 'signals.change_risk');
  const { personId, reason = 'cleared' } = clearRiskInput.parse(input);
  await getPerson(context.store, personId);
  const rows = await context.store.sql
    .selectFrom('person_risks')
    .select(['source', 'record'])
    .where('person_id', '=', personId)
    .execute();
  for (const { source, record } of rows) {
    const change = { personId, source, reason, expiresAt: 0, by: nameActor(actor), causes: [record] };
    await changeRisk(context, { ...change, level: 'low' });
  }
  return { personId, risk: context.risk.of(personId) };
}

/** How long a level lasts that nobody ends. */
export function findRiskHours({ config }: Pick<Context, 'config'>, level: 'medium' | 'high'): number {
  return level === 'high' ? config.signals.highRiskHours : config.signals.mediumRiskHours;
}
