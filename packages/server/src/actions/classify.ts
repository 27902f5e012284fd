// Guarantees: a known upstream, a pinned tool whose schema the arguments fit, the exact call where the token is good for
// one alone, an admission that stops can cut, and no loop or open circuit.
import { AppError } from '@countersign/api';
import { canonicalCall, type Effect, findAtPointer, type JsonObject } from '@countersign/core';
import type { Context } from '../context.ts';
import { sha256 } from '../platform/sha256.ts';
import { FREE_PASS } from '../tasks/index.ts';
import { describeEvery, everyUpstream, type LiveUpstream, type PinnedTool } from '../upstreams/index.ts';
import { readModelCall } from './models/index.ts';
import { requireExactCall } from './require-exact-call.ts';
import type { Authorised, Classified, Message } from './stages.ts';

const reading: readonly Effect[] = ['read'];

export function classify(context: Context, authorised: Authorised): Classified {
  const target =
    authorised.upstream === everyUpstream
      ? describeEvery(context.config.server.environment)
      : context.upstreams.find(authorised.upstream);
  if (target === undefined) throw new AppError('upstream.not_found');
  // Nothing can be sent there: it is asked for by whoever does it.
  if (target.kind === 'hooks' && authorised.asked === undefined) throw new AppError('action.runs_elsewhere');
  const message = authorised.translate(authorised.token, authorised.scopes);
  const tool = message.operation === 'call' ? requireTool(target, message) : null;
  const scopes = { ...authorised.scopes, tool: tool === null ? '' : `${target.name}/${tool.name}` };
  const callDigest = sha256(
    canonicalCall({
      agent: authorised.agent.id,
      task: authorised.task.id,
      target: target.name,
      tool: tool === null ? `${message.method} ${message.target}` : tool.name,
      arguments: message.arguments,
    }),
  );
  requireExactCall(authorised, callDigest);
  return {
    ...authorised,
    scopes,
    message,
    target,
    tool,
    effects: tool?.effects ?? reading,
    dataDomain: tool?.dataDomain ?? target.name,
    spend: tool === null ? null : readSpend(tool, message.arguments),
    callDigest,
    model: readModelCall(target, tool, message.arguments),
    ...enter(context, authorised, { scopes, message, target, tool }),
  } as Classified;
}

/** What only asks what there is, or is told, repeats itself. */
const counted: ReadonlySet<string> = new Set(['call', 'read_resource', 'get_prompt']);

function enter(
  context: Context,
  { agent, task }: Authorised,
  { scopes, message, target, tool }: Pick<Classified, 'scopes' | 'message' | 'target' | 'tool'>,
): Pick<Classified, 'admission' | 'pass'> {
  const admission = context.stops.admit(scopes);
  if (!counted.has(message.operation)) return { admission, pass: FREE_PASS };
  const name = tool === null ? `${target.name}/@${message.operation} ${message.target}` : scopes.tool;
  const root = task.parentIds[0] ?? task.id;
  const work = { task: task.id, root, agent: agent.id, owner: agent.ownerId };
  try {
    return { admission, pass: context.cascades.begin({ ...work, name, arguments: message.arguments }) };
  } catch (refusal) {
    admission.release();
    throw refusal;
  }
}

export function requireTool(
  target: LiveUpstream,
  message: Pick<Message, 'target' | 'arguments'>,
): PinnedTool {
  const tool = target.tool(message.target);
  if (tool === undefined || tool.state === 'missing') throw new AppError('action.tool_unknown');
  if (tool.state === 'quarantined') throw new AppError('action.tool_quarantined');
  const fit = tool.validateArguments(message.arguments);
  if (!fit.valid) throw new AppError('action.arguments_invalid', { detail: fit.detail });
  return tool;
}

/** An amount that is missing, or not a whole number of minor units in a known currency, cannot be budgeted: refused. */
export function readSpend(tool: PinnedTool, given: JsonObject): Classified['spend'] {
  if (tool.amountPointer === null) return null;
  const [minor] = findAtPointer(given, tool.amountPointer);
  if (typeof minor !== 'number' || !Number.isSafeInteger(minor) || minor < 0) {
    throw new AppError('action.arguments_invalid', {
      detail: `${tool.amountPointer} must be a whole amount in minor units`,
    });
  }
  const code = tool.amountCurrency ?? '';
  const currency = code.startsWith('/') ? findAtPointer(given, code)[0] : code;
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) {
    throw new AppError('action.arguments_invalid', { detail: 'the currency must be an ISO 4217 code' });
  }
  return { minor, currency };
}
