import {
  CedarEvaluationError,
  type CedarRecord,
  type CedarValue,
  findAtPointer,
  makeCedarRecord,
  makeCedarSet,
  type Reversibility,
} from '@countersign/core';
import type { DecisionRequest } from '../policy-state.ts';
import { readArgumentType } from '../schema/argument-type.ts';
import { chainProducers } from './chain-producers.ts';
import { describeLabels, readFlow } from './data-flow.ts';
import { findWorstRisk } from './find-worst-risk.ts';
import { makeLazyRecord, type Producer, type Producers } from './lazy-record.ts';
import { listUnmapped, mapArguments } from './map-arguments.ts';
import { readPlan } from './read-plan.ts';
import { describeProvenance } from './trace-call.ts';

type RequestProducer = Producer<DecisionRequest>;
type RequestProducers = Producers<DecisionRequest>;

/** What was done in the task, and in those that it works for and that work for it. */
const factProducers: RequestProducers = new Map<string, RequestProducer>([
  ['upstreamsCalled', ({ task }) => makeCedarSet(task.history.list('upstream'))],
  ['toolsCalled', ({ task }) => makeCedarSet(task.history.list('tool'))],
  ['dataDomainsRead', ({ task }) => makeCedarSet(task.history.list('data_domain'))],
  ['effectsDone', ({ task }) => makeCedarSet(task.history.list('effect'))],
  ['denials', ({ task }) => task.history.denials],
]);

const taskProducers: RequestProducers = new Map<string, RequestProducer>([
  ['id', ({ task }) => task.id],
  ['purpose', ({ task }) => task.purpose],
  ['ageSeconds', ({ task, now }) => Math.max(0, Math.floor((now - task.openedAt) / 1000))],
  ['calls', ({ task }) => task.usage.calls],
  ['spendMinor', ({ task }) => task.usage.spendMinor],
  ['rows', ({ task }) => task.usage.rows],
  ['bytes', ({ task }) => task.usage.bytes],
  ['facts', (request) => makeLazyRecord(factProducers, request)],
  ['labels', (request) => describeLabels(readFlow(request).labels)],
]);

const todayProducers: RequestProducers = new Map<string, RequestProducer>([
  ['agentCalls', ({ today }) => today?.agentCalls],
  ['agentSpendMinor', ({ today }) => today?.agentSpendMinor],
  ['ownerSpendMinor', ({ today }) => today?.ownerSpendMinor],
]);

const tokenProducers: RequestProducers = new Map<string, RequestProducer>([
  ['binding', ({ binding }) => binding],
  ['ageSeconds', readTokenAge],
]);

const planProducers: RequestProducers = new Map<string, RequestProducer>([
  ['state', (request) => readPlan(request).state],
  ['confirmed', (request) => readPlan(request).confirmed],
]);

/** All of `schema/generate-schema.ts`'s context; an undefined value is absent. */
const producers: RequestProducers = new Map<string, RequestProducer>([
  ['effects', ({ effects }) => makeCedarSet(effects)],
  ['reversibility', ({ tool, effects }) => tool?.reversibility ?? describePlain(effects)],
  ['dataDomain', ({ dataDomain }) => dataDomain],
  ['environment', ({ environment }) => environment],
  ['confirmed', ({ tool }) => tool?.confirmed ?? true],
  ['egress', (request) => readFlow(request).egress],
  ['audience', (request) => readFlow(request).audience],
  ['spend', tellSpend],
  ['args', (request) => mapArguments(readArguments(request), request.arguments)],
  ['unmapped', tellUnmapped],
  ['provenance', describeProvenance],
  ['risk', findWorstRisk],
  ['task', (request) => makeLazyRecord(taskProducers, request)],
  ['today', (request) => makeLazyRecord(todayProducers, request)],
  ['chain', (request) => makeLazyRecord(chainProducers, request)],
  ['token', (request) => makeLazyRecord(tokenProducers, request)],
  ['plan', (request) => makeLazyRecord(planProducers, request)],
  ['predicted', ({ predicted }) => predicted],
  ['time', ({ now }) => ({ kind: 'extension', name: 'datetime', amount: now })],
]);

/** The context of a request, each member made when a policy reads it. */
export function buildContext(request: DecisionRequest): CedarRecord {
  return makeLazyRecord(producers, request);
}

function readArguments({ tool }: DecisionRequest) {
  return readArgumentType(tool?.definition ?? NO_DEFINITION);
}

const NO_DEFINITION = {};

function tellUnmapped(request: DecisionRequest): CedarValue {
  const names = listUnmapped(readArguments(request), request.arguments);
  if (names === undefined) throw new CedarEvaluationError('there are too many unmapped arguments to tell');
  return makeCedarSet(names);
}

/** Of an operation that calls no tool, by its effects alone. */
function describePlain(effects: DecisionRequest['effects']): Reversibility {
  return effects.every((effect) => effect === 'read') ? 'reversible' : 'unknown';
}

function readTokenAge({ tokenIssuedAt, now }: DecisionRequest): number {
  return tokenIssuedAt === null ? 0 : Math.max(0, Math.floor((now - tokenIssuedAt) / 1000));
}

function tellSpend(request: DecisionRequest): CedarValue | undefined {
  const spend = readSpend(request);
  return spend && makeCedarRecord(new Map(Object.entries(spend)));
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
  // Zero has one sign in Cedar.
  return {
    minor: minor + 0,
    currency: typeof currency === 'string' && currency.isWellFormed() ? currency : '',
  };
}
