import { isId } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { plainLine } from '../../wire/plain-text.ts';
import { type PublicJwk, parsePublicJwk } from '../public-jwk.ts';

const upstreamName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);
const typeName = z
  .string()
  .regex(/^(?:[A-Za-z_]\w*::)*[A-Za-z_]\w*$/)
  .max(200);

/** Where a proxy's requests go: everything below an URL belongs to one upstream. */
const routeSchema = z.strictObject({
  /** Scheme, host and path as clients write them, such as `https://api.example/v2`. */
  url: z
    .url({ protocol: /^https?$/ })
    .max(512)
    .refine((url) => !/[?#@]/.test(url)),
  upstream: upstreamName,
});

const longestHookHours = 720;
const longestTelemetryHours = 2_160;

/** A program that asks before it uses tools of its own, and shows a secret because it can hold no key. */
const hookSchema = z.strictObject({
  agentId: idSchema('agt').describe('Whose calls it asks about; it can speak for no other.'),
  hours: z
    .number()
    .int()
    .min(1)
    .max(longestHookHours)
    .default(12)
    .describe('How long its secret is good for.'),
  prompts: z
    .enum(['first', 'each'])
    .default('first')
    .describe('Which prompts of a session count as what the person asked for.'),
  gatewayServers: z
    .array(z.string().regex(/^[A-Za-z0-9_-]{1,64}$/))
    .max(8)
    .default([])
    .describe("The client's names for MCP servers that are this gateway, which decides their calls itself."),
});

/** A program that tells what agents did, by OTLP, and shows a secret because exporters can send nothing else. */
const telemetrySchema = z.strictObject({
  agentIds: z
    .array(idSchema('agt'))
    .min(1)
    .max(64)
    .describe('Of whom it may tell; with more than one, each export says of which.'),
  hours: z
    .number()
    .int()
    .min(1)
    .max(longestTelemetryHours)
    .default(720)
    .describe('How long its secret is good for.'),
});

export const addEnforcementPointInput = z.strictObject({
  name: plainLine(100),
  keys: z
    .array(z.custom<PublicJwk>((value) => parsePublicJwk(value) !== undefined).meta({ type: 'object' }))
    .max(8)
    .default([])
    .describe(
      'Public JWKs with which it proves itself: private_key_jwt, or the key of its client certificate.',
    ),
  upstreams: z
    .union([z.literal('*'), z.array(upstreamName).max(64)])
    .default([])
    .describe('It may ask about what agents do at these.'),
  types: z
    .union([z.literal('*'), z.array(typeName).max(64)])
    .default([])
    .describe('It may ask about resources of these types that the policies declare.'),
  binding: z
    .enum(['dpop', 'mtls', 'none'])
    .default('none')
    .describe('How agents prove possession to it before it asks; policies read it as theirs.'),
  bearer: z.boolean().default(false).describe('It may have a token that is bound to no key.'),
  addresses: z
    .array(z.union([z.ipv4(), z.ipv6()]))
    .max(16)
    .default([])
    .describe('A proxy at one of these needs no other proof for forward-auth.'),
  routes: z.array(routeSchema).max(64).default([]).describe('Which upstream a proxied URL belongs to.'),
  hook: hookSchema.optional().describe('Set for a program that asks through hooks, about one upstream.'),
  telemetry: telemetrySchema
    .optional()
    .describe('Set for a program that tells what agents did; it may do nothing else.'),
});

/** How it is known: by a secret of which only the digest is kept. */
interface KeptSecret {
  /** SHA-256, base64url. */
  readonly secretDigest: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export interface HookSettings extends KeptSecret, z.output<typeof hookSchema> {}
export interface TelemetrySettings extends KeptSecret, z.output<typeof telemetrySchema> {}

type Given = Omit<z.output<typeof addEnforcementPointInput>, 'name' | 'hook' | 'telemetry'>;
type Settings = Given & { readonly hook?: HookSettings; readonly telemetry?: TelemetrySettings };

/** A program of somebody else that asks here and enforces the answer (AuthZEN's PEP). */
export interface EnforcementPoint extends Settings {
  readonly id: string;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly createdBy: string;
  /** The record of its registration. */
  readonly record: string;
}

/** The enforcement point as it is now, or undefined: also for text that is no id. */
export async function findEnforcementPoint(
  { store }: Pick<Context, 'store'>,
  id: string,
): Promise<EnforcementPoint | undefined> {
  if (!isId('pep', id)) return undefined;
  const rows = store.sql.selectFrom('enforcement_points').selectAll().where('id', '=', id);
  const row = await rows.executeTakeFirst();
  return row && readRow(row);
}

export async function listAllEnforcementPoints({
  store,
}: Pick<Context, 'store'>): Promise<readonly EnforcementPoint[]> {
  const rows = await store.sql
    .selectFrom('enforcement_points')
    .selectAll()
    .orderBy('name')
    .limit(1000)
    .execute();
  return rows.map(readRow);
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly settings: string;
  readonly created_at: number;
  readonly created_by: string;
  readonly record: string;
}

function readRow({ id, name, settings, created_at, created_by, record }: Row): EnforcementPoint {
  // Written by this server.
  const given = JSON.parse(settings) as Settings;
  return { ...given, id, name, createdAt: created_at, createdBy: created_by, record };
}
