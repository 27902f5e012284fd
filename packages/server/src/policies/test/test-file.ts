import {
  ARGUMENT_ROLES,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  ORIGINS,
  PLACEMENTS,
  riskLevels,
  SENSITIVITIES,
} from '@countersign/core';
import { z } from 'zod';

const name = z.string().min(1).max(200);
const jsonObject = z.custom<JsonObject>((value) => isJsonObject(value as JsonValue), 'not an object');
const effect = z.enum(['allow', 'step_up', 'deny']);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const risk = z.enum(riskLevels);

const agent = z.strictObject({
  /** For policies that name it; made from its name when absent. */
  id: name.optional(),
  owner: name.default('owner'),
  ownerRisk: risk.default('low'),
  purpose: z.string().max(500).default('tests'),
  environment: name.default('production'),
  groups: z.array(name).max(64).default([]),
});

/** One call of the task: let out and answered well, unless it says otherwise. */
const step = z.strictObject({
  /** `<upstream>/<tool>`. */
  tool: name.optional(),
  dataDomain: name.optional(),
  effects: z.array(name).max(8).default([]),
  labels: z.array(name).max(8).default([]),
  ended: z.enum(['completed', 'failed', 'denied']).default('completed'),
  secondsAgo: count.default(0),
});

const task = z.strictObject({
  purpose: z.string().max(500).default('tests'),
  ageSeconds: count.default(60),
  calls: count.default(0),
  spendMinor: count.default(0),
  rows: count.default(0),
  bytes: count.default(0),
  /** Agents that the authority came through, the one nearest the person first. */
  through: z.array(name).max(8).default([]),
  /** Of what it has read; nothing when absent. */
  labels: z
    .strictObject({
      trust: z.enum(['trusted', 'untrusted']).default('trusted'),
      sensitivity: z.enum(SENSITIVITIES).default('public'),
      audience: z.union([z.literal('anyone'), z.array(name).max(32)]).default('anyone'),
    })
    .optional(),
  /** What was done in it before: tools as `<upstream>/<tool>`. */
  done: z
    .strictObject({
      upstreams: z.array(name).max(64).default([]),
      tools: z.array(name).max(64).default([]),
      dataDomains: z.array(name).max(64).default([]),
      effects: z.array(name).max(8).default([]),
      /** Refused calls beside those in `order`. */
      denials: count.max(1000).default(0),
      /** What it did, the earliest first; policies with `@after` ask for it. */
      order: z.array(step).max(64).default([]),
    })
    .optional(),
});

const origin = z.enum(ORIGINS);
const origins = z.union([origin.transform((one) => [one]), z.array(origin).min(1).max(ORIGINS.length)]);

/** In place of what a call of the tool would bring with it. */
const context = z.strictObject({
  binding: z.enum(['dpop', 'mtls', 'none']).optional(),
  environment: name.optional(),
  dataDomain: name.optional(),
  confirmed: z.boolean().optional(),
  egress: z.boolean().optional(),
  audience: z.enum(PLACEMENTS).optional(),
  /** Of the person whose agent it is. */
  risk: risk.optional(),
  tokenAgeSeconds: count.optional(),
  /** How the call stands to the plan of the task. */
  plan: z
    .strictObject({
      state: z.enum(['none', 'covered', 'differs', 'outside']),
      confirmed: z.boolean().default(false),
    })
    .optional(),
  /** Whether a model asked for the call; nobody knows where it does not say. */
  predicted: z.boolean().optional(),
  /** By role, where the arguments came from; `prompt` where it does not say. */
  provenance: z.partialRecord(z.enum(ARGUMENT_ROLES), origins).optional(),
  /** As `2026-06-01T12:00:00Z`; YAML leaves it a text. */
  time: z.iso.datetime().optional(),
});

const wanted = z.strictObject({
  decision: effect,
  /** Ids of the rules that determined it, all of them, as `file:rule`; codes such as `no_permit` may stand among them. */
  reasons: z.array(name).max(64).optional(),
  /** Part of the record of the decision. */
  record: jsonObject.optional(),
  /** Part of what must be done with the result. */
  obligations: jsonObject.optional(),
});

const call = {
  agent: name.optional(),
  task: name.optional(),
  arguments: jsonObject.default({}),
  context: context.default({}),
};

const testCase = z.strictObject({
  name,
  ...call,
  /** `<upstream>/<tool>`, or nothing with `operation`. */
  tool: name.optional(),
  operation: z
    .enum(['read_resource', 'get_prompt', 'discover', 'complete', 'subscribe', 'follow_up', 'notify'])
    .optional(),
  upstream: name.optional(),
  target: z.string().max(4096).default(''),
  expect: wanted,
});

const matrix = z.strictObject({
  name,
  task: name.optional(),
  context: context.default({}),
  /** By tool, what each agent is answered: rows are agents, columns are tools. */
  arguments: z.record(name, jsonObject).default({}),
  decisions: z.record(name, z.record(name, effect)),
});

/** A `*.test.yaml`: who there is, and what is decided. */
export const testFile = z.strictObject({
  agents: z.record(name, agent).default({}),
  tasks: z.record(name, task).default({}),
  cases: z.array(testCase).max(5_000).default([]),
  matrices: z.array(matrix).max(200).default([]),
});

export type TestFile = z.output<typeof testFile>;
export type TestAgent = z.output<typeof agent>;
export type TestTask = z.output<typeof task>;
export type TestCase = z.output<typeof testCase>;
export const defaultAgent: TestAgent = agent.parse({});
export const defaultTask: TestTask = task.parse({});
export const plainCase = (given: z.input<typeof testCase>): TestCase => testCase.parse(given);
