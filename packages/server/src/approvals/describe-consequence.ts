import type { Effect } from '@countersign/core';
import type { DecisionRequest } from '../policies/index.ts';
import { type Amount, formatMoney } from './describe-amount.ts';

const consequences: Readonly<Record<Effect, string>> = {
  read: 'reads data',
  write: 'changes data',
  spend: 'spends money',
  admin: 'changes access or settings',
  egress: 'sends data outside',
};

/** From the tool's classification, whether a person has confirmed it, and what it leaves of the task's budget. */
export function describeConsequence(decision: DecisionRequest, amount: Amount | null): string {
  const effects = decision.effects.map((effect) => consequences[effect]).join(', ');
  const said = [
    effects === '' ? 'no declared effect' : effects,
    decision.dataDomain !== '' && `data domain ${decision.dataDomain}`,
    decision.tool?.confirmed === false && 'not confirmed by a person',
    describeUndoing(decision),
    describeBudget(decision, amount),
  ];
  return said.filter((one) => one !== false && one !== '').join(' · ');
}

/** Only what a person has confirmed is said to be reversible, or not. */
function describeUndoing({ effects, tool }: DecisionRequest): string {
  if (effects.every((effect) => effect === 'read')) return '';
  if (tool?.confirmed === true && tool.reversibility === 'reversible') return 'can be taken back there';
  if (tool?.confirmed === true && tool.reversibility === 'irreversible') return 'cannot be taken back';
  return 'Countersign cannot undo it';
}

/** What the task itself may still spend; what it works under may leave less. */
function describeBudget({ task, effects }: DecisionRequest, amount: Amount | null): string {
  const { spendMinor, currency } = task.limits;
  if (amount === null || spendMinor === null || !effects.includes('spend')) return '';
  if (currency !== null && currency !== amount.currency) return '';
  const left = Math.max(0, spendMinor - task.usage.spendMinor);
  const money = (minor: number): string => formatMoney({ minor, currency: amount.currency });
  if (amount.minor > left) return `more than the ${money(left)} left of the task’s budget`;
  return `budget of the task: ${money(left)} → ${money(left - amount.minor)} of ${money(spendMinor)}`;
}
