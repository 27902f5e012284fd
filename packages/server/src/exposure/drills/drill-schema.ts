import { isJsonObject, type JsonObject } from '@countersign/core';
import { z } from 'zod';
import { passedLimitsSchema, rootLimitsSchema } from '../../delegations/index.ts';
import { classification, upstreamName } from '../../upstreams/index.ts';
import { plainLine, plainLines } from '../../wire/plain-text.ts';

const word = z
  .string()
  .max(63)
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
const toolName = z.string().regex(/^[A-Za-z0-9_.-]{1,128}$/);
const toolReference = z.string().regex(/^[a-z][a-z0-9-]{0,62}\/[A-Za-z0-9_.-]{1,128}$/);
const group = z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/);
const code = z.string().regex(/^[a-z]+\.[a-z_]{1,63}$/);
const longestObject = 65_536;
const object = z.custom<JsonObject>(
  (value) => isJsonObject(value) && JSON.stringify(value).length <= longestObject,
  `an object of at most ${longestObject} characters`,
);
const milliseconds = z.number().int().min(1).max(60_000);

/** What the fake tool answers; the last one again and again. */
const scriptedResult = z.union([
  z.strictObject({ text: z.string().max(longestObject), isError: z.boolean().default(false) }),
  z.strictObject({ structured: object }),
  /** It answers nothing until it is cut. */
  z.strictObject({ hangs: z.literal(true) }),
]);

const fakeTool = z.strictObject({
  name: toolName,
  title: z.string().max(200).optional(),
  description: z.string().max(4096).optional(),
  inputSchema: object.default({ type: 'object' }),
  annotations: object.optional(),
  /** What a person says the tool does; absent: nobody has said it yet. */
  classified: z.strictObject(classification).optional(),
  results: z
    .array(scriptedResult)
    .min(1)
    .max(50)
    .default([{ text: 'done', isError: false }]),
});

const fakeUpstream = z.strictObject({
  name: upstreamName,
  environment: word.optional(),
  tools: z.array(fakeTool).min(1).max(50),
});

/** Stands in for an upstream that is here: its pinned tools as they are classified, none of it ever called. */
const copiedUpstream = z.strictObject({
  copyOf: upstreamName,
  results: z.record(toolName, z.array(scriptedResult).min(1).max(50)).default({}),
});

const expectation = z.enum(['allowed', 'contained', 'refused', 'asked']);
const expected = {
  /** For people who read the report. */
  title: plainLine(200).optional(),
  expect: expectation,
  /** One of these error codes, where it is refused. */
  code: z.union([code.transform((one) => [one]), z.array(code).min(1).max(16)]).optional(),
};

const call = z.strictObject({
  call: toolReference,
  by: word.optional(),
  arguments: object.default({}),
  /** How the token is presented: by its holder, or by somebody who has only taken it. */
  token: z.enum(['own', 'as-bearer', 'without-proof', 'other-key', 'replayed-proof']).default('own'),
  /** So often at most; ends with the first that is contained. */
  times: z.number().int().min(1).max(200).default(1),
  /** As soon as this many calls, and milliseconds since the first of them. */
  within: z
    .strictObject({
      calls: z.number().int().min(1).max(200).optional(),
      milliseconds: milliseconds.optional(),
    })
    .optional(),
  ...expected,
});

const begin = z.strictObject({
  title: plainLine(200).optional(),
  /** A call of a tool that hangs, left in flight under this name. */
  begin: word,
  call: toolReference,
  by: word.optional(),
  arguments: object.default({}),
});

const cutting = {
  title: plainLine(200).optional(),
  /** Names of calls in flight that it must cut. */
  cuts: z.array(word).max(16).default([]),
  withinMilliseconds: milliseconds.optional(),
};

const stop = z.strictObject({
  stop: z.enum(['agent', 'task', 'delegation', 'owner', 'everything']),
  of: word.optional(),
  ...cutting,
});

/** The delegation that the agent works under. */
const revoke = z.strictObject({ revoke: word, ...cutting });
const disable = z.strictObject({ disable: z.literal('owner'), ...cutting });
const passOn = z.strictObject({
  passOn: z.strictObject({ from: word, to: word, limits: passedLimitsSchema.default({ depth: 0 }) }),
  ...expected,
  expect: z.enum(['allowed', 'refused']),
});
const change = z.strictObject({
  title: plainLine(200).optional(),
  /** The upstream offers another definition of this tool from now on. */
  change: toolReference,
  to: fakeTool.pick({ title: true, description: true, inputSchema: true, annotations: true }).partial(),
  expect: z.enum(['held', 'pinned']),
});
const reach = z.strictObject({
  title: plainLine(200).optional(),
  /** What the last call asked for must reach everybody who may approve it, session or none. */
  reach: z.literal('approvers'),
  withinMilliseconds: milliseconds.optional(),
});

export const drillStep = z.union([call, begin, stop, revoke, disable, passOn, change, reach]);

/** A drill as people write it: who acts, with which authority, on what, and what must come of it. */
export const drillSchema = z
  .strictObject({
    drill: word,
    title: plainLine(200),
    /** What it shows, for people who read the report. */
    about: plainLines(2_000).optional(),
    /** Of the OWASP list, such as ASI01. */
    covers: z
      .array(z.string().regex(/^[A-Za-z0-9.:_-]{1,32}$/))
      .max(16)
      .default([]),
    owner: z.strictObject({ roles: z.array(group).max(16).default(['owner']) }).prefault({}),
    /** By name; the first one gets the delegation. */
    agents: z
      .record(
        word,
        z.strictObject({ purpose: plainLine(500).optional(), groups: z.array(group).max(32).default([]) }),
      )
      .refine((agents) => Object.keys(agents).length >= 1 && Object.keys(agents).length <= 8, '1 to 8 agents')
      .default({ agent: { groups: [] } }),
    delegation: z.strictObject({ purpose: plainLine(500).optional(), limits: rootLimitsSchema }),
    task: z.strictObject({ purpose: plainLine(500), prompt: plainLines(16_384).optional() }),
    upstreams: z
      .array(z.union([fakeUpstream, copiedUpstream]))
      .min(1)
      .max(8),
    steps: z.array(drillStep).min(1).max(50),
  })
  .refine(
    ({ steps }) => steps.reduce((sum, step) => sum + ('times' in step ? step.times : 1), 0) <= 1_000,
    'at most 1000 calls',
  );

export type Drill = z.output<typeof drillSchema>;
export type DrillStep = z.output<typeof drillStep>;
export type CallStep = z.output<typeof call>;
export type BeginStep = z.output<typeof begin>;
export type StopStep = z.output<typeof stop>;
/** Ends something, and with it calls in flight. */
export type EndStep = StopStep | z.output<typeof revoke> | z.output<typeof disable>;
export type PassOnStep = z.output<typeof passOn>;
export type ChangeStep = z.output<typeof change>;
export type ReachStep = z.output<typeof reach>;
export type FakeUpstream = z.output<typeof fakeUpstream>;
export type CopiedUpstream = z.output<typeof copiedUpstream>;
export type FakeTool = z.output<typeof fakeTool>;
export type ScriptedResult = z.output<typeof scriptedResult>;

/** A drill with where it came from. */
export interface KnownDrill {
  readonly drill: Drill;
  /** `built-in`, `folder` or `given`. */
  readonly source: 'built-in' | 'folder' | 'given';
  readonly file: string;
  /** SHA-256 of its text, base64url. */
  readonly digest: string;
}
