import { AppError } from '@countersign/api';
import { EFFECTS, listArgumentPointers, listSentencePointers, parseSentence } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import type { ToolRow } from './live-upstream.ts';
import { parseObject } from './pinned-tool.ts';
import { recordUpstream } from './record-upstream.ts';
import { loadTool, loadTools, loadUpstream, updateTool } from './stored-upstreams.ts';
import { readArgumentRoles, readResultLabels } from './tool-labels.ts';
import { classification, toolDigest, toolName, upstreamName } from './upstream-schema.ts';
import { showTool, type ToolView } from './upstream-view.ts';

export const classifyToolInput = z.strictObject({
  upstream: upstreamName,
  tool: toolName,
  /** Of the definition the person judged; refused when another one is in force. */
  digest: toolDigest.optional(),
  ...classification,
});

/**
 * Confirms what a tool does and which data it touches; every decision rests on it from then on. Throws
 * `upstream.sentence_invalid`, `upstream.tool_changed`, `upstream.tool_not_found`, `upstream.not_found`.
 */
export async function classifyTool(context: Context, actor: Actor, input: unknown): Promise<ToolView> {
  requirePermission(actor, 'upstreams.change');
  const { upstream, tool, digest, ...given } = classifyToolInput.parse(input);
  return context.store.transaction(async (tx) => {
    const row = await loadUpstream(tx.sql, upstream);
    const before = await loadTool(tx.sql, upstream, tool);
    if (digest !== undefined && digest !== before.digest) throw new AppError('upstream.tool_changed');
    const effects = EFFECTS.filter((effect) => given.effects.includes(effect));
    const sentence = given.sentence === undefined ? keepSentence(before) : given.sentence;
    requirePointers(sentence, before);
    const onlyReads = effects.every((effect) => effect === 'read');
    const reversibility = given.reversibility ?? (onlyReads ? 'reversible' : 'unknown');
    const after = {
      ...before,
      effects: JSON.stringify(effects),
      reversibility,
      data_domain: given.dataDomain,
      amount_pointer: given.amountPointer,
      amount_currency: given.amountCurrency,
      argument_roles:
        given.argumentRoles === undefined ? before.argument_roles : JSON.stringify(given.argumentRoles),
      result_labels:
        given.resultLabels === undefined ? keepLabels(before) : JSON.stringify(given.resultLabels),
      sentence,
      confirmed: 1,
    };
    await updateTool(tx.sql, after);
    recordUpstream(
      context,
      tx,
      actor,
      { kind: 'upstream.tool_classified', upstream, tool },
      {
        digest: before.digest,
        ...given,
        effects,
        reversibility,
        before: {
          effects: JSON.parse(before.effects),
          reversibility: before.reversibility,
          dataDomain: before.data_domain,
          argumentRoles: readArgumentRoles(before, parseObject(before.definition)),
          resultLabels: readResultLabels(before),
          sentence: before.sentence,
          confirmed: before.confirmed === 1,
        },
      },
    );
    const rows = await loadTools(tx.sql, upstream);
    tx.afterCommit(() => context.upstreams.put(row, rows));
    return showTool(after);
  });
}

/** What a person vouched for of another definition is said of this one only once they say so again. */
function keepSentence(before: ToolRow): string | null {
  return before.confirmed === 1 ? before.sentence : null;
}

/** A sentence about arguments that the tool does not have would be about nothing. Throws `upstream.sentence_invalid`. */
function requirePointers(sentence: string | null, before: ToolRow): void {
  const parsed = sentence === null ? [] : (parseSentence(sentence) ?? []);
  const known = listArgumentPointers(parseObject(before.definition).inputSchema);
  const unknown = listSentencePointers(parsed).filter(
    (pointer) => !known.some((one) => one === pointer || one.startsWith(`${pointer}/`)),
  );
  if (unknown.length > 0)
    throw new AppError('upstream.sentence_invalid', { detail: `the tool has no ${unknown.join(', ')}` });
}

/** Of a tool that lost its confirmation with a change, nothing is believed because somebody says again what it does. */
function keepLabels(before: ToolRow): string | null {
  return before.confirmed === 1 ? before.result_labels : null;
}
