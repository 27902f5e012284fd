import { mergeRequirements, parseStepUp } from '@countersign/core';
import { ACTION_TYPE } from '../schema/action-names.ts';
import { readEntityName } from '../schema/entity-name.ts';
import { type Finding, findingAbout } from './finding.ts';
import { type FindWider, indexWider } from './index-wider.ts';
import { type SchemaNames, toolType } from './known-names.ts';
import type { PolicyNeeds } from './policy-needs.ts';
import { doesImply, findImpossibility, narrowToAction } from './prove.ts';

const MOST_PAIRS = 5_000_000;

/**
 * Policies that change nothing, each proven: its needs contradict each other, or contradict what it would take for another
 * policy, which then decides anyway, not to apply.
 */
export function findIdle(names: SchemaNames, all: readonly PolicyNeeds[]): readonly Finding[] {
  const findings: Finding[] = [];
  const living = all.filter((needs) => {
    const reason = findImpossibility(names, needs.satisfied);
    if (reason !== undefined) findings.push(describeDead(needs, reason));
    return reason === undefined;
  });
  const findWider = indexWider(names, living.filter(isEnforced));
  const pairs = living.reduce((sum, needs) => sum + findWider(needs).length, 0);
  if (pairs > MOST_PAIRS) return [...findings, ...noteUnpaired(living)];
  const places = new Map(living.map((needs, index) => [needs, index]));
  for (const [index, needs] of living.entries()) {
    const { policy } = needs;
    const wider = findWider(needs);
    const outright = isOutright(needs) ? [] : wider.filter(isOutright);
    const over = outright.find((one) => doesImply(names, needs.satisfied, one));
    if (over) findings.push(describeShadowed(needs, over));
    else {
      const same = wider.find((one) => isMadeRedundant(names, needs, one, (places.get(one) ?? 0) < index));
      if (same) findings.push(describeRedundant(needs, same));
      else if (policy.effect === 'permit') findings.push(...findCancelled(names, needs, findWider));
      else if (policy.stepUp !== undefined) findings.push(...findUnliftable(names, needs, wider));
    }
  }
  return findings;
}

function isOutright({ policy }: PolicyNeeds): boolean {
  return policy.effect === 'forbid' && policy.stepUp === undefined;
}

/** A policy that only watches, or that counts only once a task has done something, keeps nothing from applying. */
function isEnforced({ policy }: PolicyNeeds): boolean {
  const mode = policy.json.annotations?.mode;
  return mode !== 'shadow' && mode !== 'warn' && policy.sequence === null;
}

function describeDead({ policy }: PolicyNeeds, reason: string): Finding {
  return findingAbout(policy, {
    code: 'policy/dead',
    severity: 'warning',
    message: `this ${policy.effect} is never satisfied: ${reason}`,
    advice: 'correct its scope or its condition, or remove it',
  });
}

function describeShadowed({ policy }: PolicyNeeds, over: PolicyNeeds): Finding {
  const what = policy.effect === 'permit' ? 'permits' : 'would ask a person for';
  return findingAbout(policy, {
    code: 'policy/shadowed',
    severity: 'warning',
    message: `${over.policy.id} forbids everything that this ${what}`,
    advice: `narrow ${over.policy.id} with "unless", or remove this one`,
  });
}

/**
 * Two that say the same of the same requests: the wider one stays. A permit that carries more than its effect, such as what
 * is to be redacted, is never redundant; nor is one where the other could fail to evaluate and this one not.
 */
function isMadeRedundant(
  names: SchemaNames,
  needs: PolicyNeeds,
  wide: PolicyNeeds,
  isEarlier: boolean,
): boolean {
  const [a, b] = [needs.policy, wide.policy];
  if (a.id === b.id || a.effect !== b.effect || a.stepUp !== b.stepUp || !isEnforced(needs)) return false;
  if (!isPlain(needs) || !isPlain(wide)) return false;
  const mayFail = a.effect === 'permit' ? wide : needs;
  const other = a.effect === 'permit' ? needs : wide;
  if (!mayFail.isTotal || (mayFail.readsArguments && !readsSameArguments(mayFail, other))) return false;
  if (!doesImply(names, needs.satisfied, wide)) return false;
  return isEarlier || !doesImply(names, wide.satisfied, needs);
}

function isPlain({ policy }: PolicyNeeds): boolean {
  const said = new Set(['id', 'description', 'stepUp']);
  return Object.keys(policy.json.annotations ?? {}).every((name) => said.has(name));
}

/** Whether each of the ways in which the other is satisfied has read all arguments that this one may read. */
function readsSameArguments({ uses }: PolicyNeeds, other: PolicyNeeds): boolean {
  const names = [...(uses.context.members.get('args')?.members.keys() ?? [])];
  if (uses.context.whole || uses.context.members.get('args')?.whole === true) return false;
  return other.satisfied.every((literals) =>
    names.every((name) => literals.some(({ term }) => term === `context.args.${name}`)),
  );
}

function describeRedundant({ policy }: PolicyNeeds, wide: PolicyNeeds): Finding {
  return findingAbout(policy, {
    code: 'policy/redundant',
    severity: 'warning',
    message: `${wide.policy.id} says the same whenever this ${policy.effect} is satisfied`,
    advice: 'remove this one, or narrow the other',
  });
}

/** A permit that names a tool which an outright forbid always refuses. */
function findCancelled(names: SchemaNames, needs: PolicyNeeds, findWider: FindWider): readonly Finding[] {
  return listNamedTools(names, needs).flatMap((id) => {
    const given = narrowToAction(needs, { type: ACTION_TYPE, id });
    if (findImpossibility(names, given) !== undefined) return [];
    const over = findWider(needs, id).find((one) => isOutright(one) && doesImply(names, given, one));
    if (over === undefined) return [];
    return findingAbout(needs.policy, {
      code: 'policy/cancelled',
      severity: 'warning',
      message: `this permits ${id} by name, and ${over.policy.id} always forbids it`,
      advice: `take ${id} out of this one, or narrow ${over.policy.id}`,
    });
  });
}

function listNamedTools({ actions }: SchemaNames, { policy }: PolicyNeeds): readonly string[] {
  const { action, resource } = policy.json;
  const scoped = [
    ...('entities' in action ? action.entities : 'entity' in action ? [action.entity] : []).map(
      readEntityName,
    ),
    ...('entity' in resource ? [resource.entity] : [])
      .map(readEntityName)
      .filter(({ type }) => type === toolType),
  ];
  return [...new Set(scoped.map(({ id }) => id))].filter(
    (id) => (actions.get(id)?.resourceTypes.length ?? 0) > 0,
  );
}

/** Two step-ups of which one always comes with the other, and that nobody can lift together. */
function findUnliftable(
  names: SchemaNames,
  needs: PolicyNeeds,
  wider: readonly PolicyNeeds[],
): readonly Finding[] {
  const own = parseStepUp(needs.policy.stepUp ?? '');
  if (!own.ok) return [];
  return wider.flatMap((one) => {
    const other = parseStepUp(one.policy.stepUp ?? '');
    if (one.policy.id === needs.policy.id || one.policy.stepUp === undefined || !other.ok) return [];
    if (mergeRequirements(own.requirement, other.requirement).possible) return [];
    if (!doesImply(names, needs.satisfied, one)) return [];
    return findingAbout(needs.policy, {
      code: 'policy/step-up-impossible',
      severity: 'warning',
      message: `whenever this asks, ${one.policy.id} asks too, and nobody may answer both: it always denies`,
      advice: 'give both an approver in common, or write it as a forbid',
    });
  });
}

function noteUnpaired(living: readonly PolicyNeeds[]): readonly Finding[] {
  const [first] = living;
  if (first === undefined) return [];
  return [
    findingAbout(first.policy, {
      code: 'policy/not-analysed',
      severity: 'note',
      message: `${living.length} policies are too many to compare each with each: shadowed and redundant ones were not looked for`,
      advice: 'check the files of one upstream at a time',
    }),
  ];
}
