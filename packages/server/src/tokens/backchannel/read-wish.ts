import { AppError } from '@countersign/api';
import { isId, isJsonObject, type JsonObject, parseStrictJson } from '@countersign/core';
import { z } from 'zod';
import { delegationLimitsSchema } from '../../delegations/index.ts';
import { plainLine } from '../../wire/plain-text.ts';
import type { Wish } from './ask.ts';

const authorityDetails = z.strictObject({
  type: z.literal('agent_delegation'),
  purpose: plainLine(500),
  limits: delegationLimitsSchema,
});

const callDetails = z.strictObject({
  type: z.literal('mcp_tool_call'),
  upstream: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  tool: z.string().min(1).max(192),
  arguments: z.record(z.string(), z.unknown()),
  delegation: z
    .string()
    .refine((id) => isId('dlg', id))
    .optional(),
});

/** The types of RFC 9396 that a request to a person may have. */
export const askedDetailsTypes: readonly string[] = ['agent_delegation', 'mcp_tool_call'];

export interface ReadWish {
  readonly wish: Wish;
  /** Equal for what a person would take for the same request. */
  readonly same: JsonObject;
}

/**
 * Reads hostile `authorization_details` (RFC 9396 §5): exactly one object of one of the two types, with no member that
 * they do not have. Throws `token.details_invalid`.
 */
export function readWish(text: string): ReadWish {
  const parsed = parseStrictJson(text, { bytes: 14_000, depth: 24, keys: 1_000 });
  const list = parsed.ok && Array.isArray(parsed.value) ? parsed.value : [];
  const [value, ...others] = list;
  if (!isJsonObject(value) || others.length > 0) throw refuse('exactly one object is needed');
  if (value.type === 'agent_delegation') return { wish: readAuthority(value), same: leaveOutEnd(value) };
  if (value.type === 'mcp_tool_call') return { wish: readCall(value), same: value };
  throw refuse('unknown type');
}

function readAuthority(value: JsonObject): Wish {
  const read = authorityDetails.safeParse(value);
  if (!read.success) throw refuse(nameField(read.error));
  const { purpose, limits } = read.data;
  return { kind: 'authority', purpose, limits };
}

/** An agent that asks again counts its hour from now: it is the same request, and its person is not asked twice. */
function leaveOutEnd({ limits, ...rest }: JsonObject): JsonObject {
  if (!isJsonObject(limits)) return rest;
  const { expiresAt: _, ...others } = limits;
  return { ...rest, limits: others };
}

function readCall(value: JsonObject): Wish {
  const read = callDetails.safeParse(value);
  const given = value.arguments;
  if (!read.success || !isJsonObject(given)) throw refuse(read.success ? 'arguments' : nameField(read.error));
  const { upstream, tool, delegation } = read.data;
  // The arguments exactly as they were parsed: what the schema made of them is only a check.
  return { kind: 'once', upstream, tool, arguments: given, delegationId: delegation ?? null };
}

function nameField(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'malformed' : issue.path.map(String).join('.').slice(0, 100) || issue.code;
}

function refuse(detail: string): AppError {
  return new AppError('token.details_invalid', { detail });
}
