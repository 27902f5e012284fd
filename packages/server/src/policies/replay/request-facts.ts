import {
  ACTION_KINDS,
  ARGUMENT_ROLES,
  DONE_KINDS,
  ORIGINS,
  PLACEMENTS,
  REVERSIBILITIES,
  SENSITIVITIES,
} from '@countersign/core';
import { z } from 'zod';
import type { BundleSequences } from '../decide/bundle-sequences.ts';
import { readFlow } from '../decide/data-flow.ts';
import { peekPlan } from '../decide/read-plan.ts';
import { listRoleTraces } from '../decide/trace-call.ts';
import type { DecisionRequest } from '../policy-state.ts';

const count = z.number().int();
const names = z.array(z.string());

/**
 * What a policy could be told of an action and what neither its intent nor the task says: kept with the decision, so that
 * it can be repeated. Members in alphabetical order: records are written without a sorted copy.
 */
export const requestFacts = z.object({
  /** Those that passed the authority on, the one nearest the person first, then the acting one. */
  agents: z.array(z.object({ groups: names, owner: z.string(), roles: names })),
  binding: z.enum(['dpop', 'mtls', 'hook', 'none']),
  confirmed: z.boolean(),
  environment: z.string(),
  /** What the task had read, and where the call would have taken it. */
  flow: z
    .object({
      audience: z.enum(PLACEMENTS),
      egress: z.boolean(),
      labels: z.object({
        audience: z.union([z.literal('anyone'), names]),
        sensitivity: z.enum(SENSITIVITIES),
        trust: z.enum(['trusted', 'untrusted']),
      }),
    })
    .optional(),
  /** Of the task so far. Null when there is too much of it to be kept with every decision. */
  history: z
    .object({
      dataDomains: names,
      denials: count,
      effects: names,
      labels: names.default([]),
      /** Of what policies in force asked for, in which order it was done; absent when none did. */
      order: z
        .object({
          facts: z.array(
            z.object({
              at: count,
              completedAt: count,
              completedPosition: count,
              kind: z.enum([...DONE_KINDS, 'denial']),
              name: z.string(),
              position: count,
              times: count,
            }),
          ),
          spentMinor: count,
        })
        .optional(),
      tools: names,
      upstreams: names,
    })
    .nullable(),
  kind: z.enum(ACTION_KINDS),
  now: count,
  /** Null when no policy in force read it; the entry is the one that covers the call, or the nearest. */
  plan: z
    .object({
      confirmed: z.boolean(),
      entry: z.string().nullable(),
      state: z.enum(['none', 'covered', 'differs', 'outside']),
    })
    .nullable()
    .default(null),
  /** Where its arguments came from, without their values; absent in older records. */
  provenance: z
    .array(
      z.object({
        origins: z.array(z.enum(ORIGINS)),
        pointer: z.string(),
        role: z.enum(ARGUMENT_ROLES),
        worst: z.enum(ORIGINS),
      }),
    )
    .optional(),
  reversibility: z.enum(REVERSIBILITIES),
  /** Of everyone who answered for it, whose risk was not low; absent when that was nobody. */
  risks: z.array(z.object({ level: z.enum(['medium', 'high']), person: z.string() })).optional(),
  rootRoles: names,
  /** Null when no policy in force read it. */
  today: z.object({ agentCalls: count, agentSpendMinor: count, ownerSpendMinor: count }).nullable(),
  tokenIssuedAt: count.nullable(),
  used: z.object({ bytes: count, calls: count, rows: count, spendMinor: count }),
});

export type RequestFacts = z.infer<typeof requestFacts>;

/** Names over all lists: what most tasks never reach, and a record can carry. */
const MOST_NAMES = 64;

/** Taken when the action is decided: what a task has used and done changes with every call. */
export function noteRequest(request: DecisionRequest, sequences?: BundleSequences): RequestFacts {
  const { agent, givers, task, tool, today } = request;
  const { bytes, calls, rows, spendMinor } = task.usage;
  return {
    agents: [...givers, agent].map(({ groups, ownerId, ownerRoles }) => ({
      groups: [...groups],
      owner: ownerId,
      roles: [...ownerRoles],
    })),
    binding: request.binding,
    confirmed: tool?.confirmed ?? true,
    environment: request.environment,
    flow: noteFlow(request),
    history: noteHistory(request, sequences),
    kind: request.kind,
    now: request.now,
    plan: notePlan(request),
    provenance: noteProvenance(request),
    reversibility: tool?.reversibility ?? 'unknown',
    ...noteRisks(request),
    rootRoles: [...request.rootRoles],
    today: today === undefined ? null : { ...today },
    tokenIssuedAt: request.tokenIssuedAt,
    used: { bytes, calls, rows, spendMinor },
  };
}

function noteRisks({ risks }: DecisionRequest): Pick<RequestFacts, 'risks'> {
  if (risks === undefined) return {};
  return {
    risks: [...risks].flatMap(([person, level]) => (level === 'low' ? [] : [{ level, person }])),
  };
}

function noteFlow(request: DecisionRequest): RequestFacts['flow'] {
  const { audience, egress, labels } = readFlow(request);
  const who = labels.audience === 'anyone' ? labels.audience : [...labels.audience];
  return {
    audience,
    egress,
    labels: { audience: who, sensitivity: labels.sensitivity, trust: labels.trust },
  };
}

function notePlan(request: DecisionRequest): RequestFacts['plan'] {
  const plan = peekPlan(request);
  if (plan === undefined) return null;
  return { confirmed: plan.confirmed, entry: plan.entry?.id ?? null, state: plan.state };
}

/** Items of one list that came from the same places are one. */
function noteProvenance(request: DecisionRequest): NonNullable<RequestFacts['provenance']> {
  const noted = new Map<string, NonNullable<RequestFacts['provenance']>[number]>();
  for (const { origins, pointer, role, worst } of listRoleTraces(request)) {
    const listed = ORIGINS.filter((origin) => origins.has(origin));
    const key = `${pointer} ${role} ${listed.join()}`;
    if (noted.size < MOST_NAMES) noted.set(key, { origins: listed, pointer, role, worst });
  }
  return [...noted.values()];
}

function noteHistory(
  { task: { history } }: DecisionRequest,
  sequences: BundleSequences | undefined,
): RequestFacts['history'] {
  const dataDomains = [...history.list('data_domain')];
  const effects = [...history.list('effect')];
  const tools = [...history.list('tool')];
  const upstreams = [...history.list('upstream')];
  const labels = [...history.list('label')];
  const total = dataDomains.length + effects.length + labels.length + tools.length + upstreams.length;
  if (total > MOST_NAMES) return null;
  const done = { dataDomains, denials: history.denials, effects, labels, tools, upstreams };
  if (sequences === undefined || sequences.isEmpty) return done;
  const facts = history.listOrder((fact) => sequences.asksFor(fact)).slice(0, MOST_NAMES);
  return { ...done, order: { facts: [...facts], spentMinor: history.spentMinor } };
}
