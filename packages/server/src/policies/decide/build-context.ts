import type { CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs';
import { findAtPointer, type Reversibility } from '@countersign/core';
import { findUses, type Uses } from '../bundle/policy-uses.ts';
import type { DecisionRequest } from '../policy-state.ts';
import type { RecordType } from '../schema/argument-type.ts';
import { chainProducers } from './chain-producers.ts';
import { type CedarRecord, listUnmapped, mapArguments } from './map-arguments.ts';

export type Producer = (request: DecisionRequest) => CedarValueJson | undefined;
export type Producers = ReadonlyMap<string, Producer | Producers>;

/** What was done in the task, and in those that it works for and that work for it. */
const factProducers: Producers = new Map<string, Producer>([
  ['upstreamsCalled', ({ task }) => [...task.history.list('upstream')]],
  ['toolsCalled', ({ task }) => [...task.history.list('tool')]],
  ['dataDomainsRead', ({ task }) => [...task.history.list('data_domain')]],
  ['effectsDone', ({ task }) => [...task.history.list('effect')]],
  ['denials', ({ task }) => task.history.denials],
]);

/** All of `schema/generate-schema.ts`'s context but the arguments; an undefined value is absent. */
const producers: Producers = new Map<string, Producer | Producers>([
  ['effects', ({ effects }) => [...effects]],
  ['reversibility', ({ tool, effects }) => tool?.reversibility ?? describePlain(effects)],
  ['dataDomain', ({ dataDomain }) => dataDomain],
  ['environment', ({ environment }) => environment],
  ['confirmed', ({ tool }) => tool?.confirmed ?? true],
  [
    'task',
    new Map<string, Producer | Producers>([
      ['id', ({ task }) => task.id],
      ['purpose', ({ task }) => task.purpose],
      ['ageSeconds', ({ task, now }) => Math.max(0, Math.floor((now - task.openedAt) / 1000))],
      ['calls', ({ task }) => task.usage.calls],
      ['spendMinor', ({ task }) => task.usage.spendMinor],
      ['rows', ({ task }) => task.usage.rows],
      ['bytes', ({ task }) => task.usage.bytes],
      ['facts', factProducers],
    ]),
  ],
  [
    'today',
    new Map<string, Producer>([
      ['agentCalls', ({ today }) => today?.agentCalls],
      ['agentSpendMinor', ({ today }) => today?.agentSpendMinor],
      ['ownerSpendMinor', ({ today }) => today?.ownerSpendMinor],
    ]),
  ],
  ['chain', chainProducers],
  [
    'token',
    new Map<string, Producer>([
      ['binding', ({ binding }) => binding],
      ['ageSeconds', readTokenAge],
    ]),
  ],
  ['time', ({ now }) => ({ __extn: { fn: 'datetime', arg: new Date(now).toISOString() } })],
]);

export interface BuiltContext {
  readonly context: CedarRecord;
  /** Members of the context that are there, and read, but cannot be told: as `args.amount` or `unmapped`. */
  readonly failed: readonly (readonly string[])[];
}

/** The context of a request, with what the policies read and nothing else. */
export function buildContext(type: RecordType, uses: Uses, request: DecisionRequest): BuiltContext {
  const context = produce(producers, uses, request);
  const failed: (readonly string[])[] = [];
  const spend = findUses(uses, 'spend') && readSpend(request);
  if (spend !== undefined) context.spend = { ...spend };
  const argumentUses = findUses(uses, 'args');
  if (argumentUses !== undefined) {
    const mapped = mapArguments(type, argumentUses, request.arguments);
    context.args = mapped.value;
    failed.push(...mapped.failed.map((name) => ['args', name]));
  }
  if (findUses(uses, 'unmapped')) {
    const unmapped = listUnmapped(type, request.arguments);
    if (unmapped === undefined) failed.push(['unmapped']);
    else context.unmapped = [...unmapped];
  }
  return { context, failed };
}

function produce(table: Producers, uses: Uses, request: DecisionRequest): CedarRecord {
  const record: CedarRecord = Object.create(null);
  for (const [name, producer] of table) {
    const used = findUses(uses, name);
    if (used === undefined) continue;
    const value = typeof producer === 'function' ? producer(request) : produce(producer, used, request);
    if (value !== undefined) record[name] = value;
  }
  return record;
}

/** Of an operation that calls no tool, by its effects alone. */
function describePlain(effects: DecisionRequest['effects']): Reversibility {
  return effects.every((effect) => effect === 'read') ? 'reversible' : 'unknown';
}

function readTokenAge({ tokenIssuedAt, now }: DecisionRequest): number {
  return tokenIssuedAt === null ? 0 : Math.max(0, Math.floor((now - tokenIssuedAt) / 1000));
}

/** Whole minor units at the pointers that a person confirmed for the tool. Anything else is no known amount. */
export function readSpend({
  tool,
  arguments: given,
}: Pick<DecisionRequest, 'tool' | 'arguments'>):
  | { readonly minor: number; readonly currency: string }
  | undefined {
  if (tool === null || tool.amountPointer === null) return undefined;
  const [minor, ...others] = findAtPointer(given, tool.amountPointer);
  if (typeof minor !== 'number' || !Number.isSafeInteger(minor) || others.length > 0) return undefined;
  const code = tool.amountCurrency ?? '';
  const currency = code.startsWith('/') ? findAtPointer(given, code)[0] : code;
  return { minor, currency: typeof currency === 'string' && currency.isWellFormed() ? currency : '' };
}

/** Whether a policy reads any of these members. */
export function readsAny(uses: Uses, paths: readonly (readonly string[])[]): boolean {
  return paths.some((path) => {
    let at: Uses | undefined = uses;
    for (const name of path) {
      if (at?.whole === true) return true;
      at = at?.members.get(name);
    }
    return at !== undefined;
  });
}
