import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  labelsOfResult,
  listLabelFacts,
  splitResult,
  UNCONFIRMED_RESULT,
  type ValueIndex,
} from '@countersign/core';
import type { PinnedTool } from '../upstreams/index.ts';
import type { Armed } from './stages.ts';

type Learning = Pick<Armed, 'task' | 'tool' | 'message' | 'outcomeRecord'> & Partial<Pick<Armed, 'model'>>;

/** Learned of one body that is passed on as it comes; what follows is not known. */
const longestBody = 65_536;
const readable = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|yaml|x-www-form-urlencoded|x-ndjson)$)/;

/**
 * Notes where the values of an answer, as the agent sees it, come from, before the agent has it. Errors are text of whoever is at the other end.
 */
export function learnResult(learning: Learning, answer: JsonObject | null): void {
  const { task, tool, message, outcomeRecord } = learning;
  // What this house answers, and the tools whose definitions a person accepted, bring no values.
  if (answer === null || message.answerHere !== undefined || message.method === 'tools/list') return;
  noteArrival(learning);
  if (isMadeUp(tool)) return;
  const { values } = task.history;
  const { error, result } = answer;
  if (error !== undefined) values.learn(error, 'untrusted', outcomeRecord);
  if (result !== undefined) learnContent(learning, dropOpaque(values, result));
}

/** What an upstream says meanwhile. */
export function learnMessage(learning: Learning, { params }: JsonObject): void {
  if (params === undefined) return;
  noteArrival(learning);
  learning.task.history.values.learn(params, 'untrusted', learning.outcomeRecord);
}

export interface BodyLearner {
  push(chunk: Uint8Array): void;
  end(): void;
}

/** Learns a body piece by piece, each before it is passed on, and as a whole once there is all of it. */
export function learnBody(learning: Learning, type: string): BodyLearner {
  const { values } = learning.task.history;
  let text = '';
  let isLost = !readable.test(type);
  return {
    push(chunk: Uint8Array): void {
      noteArrival(learning);
      if (isMadeUp(learning.tool)) return;
      const piece = isLost ? '' : Buffer.from(chunk).toString('utf8');
      isLost ||= text.length + piece.length > longestBody;
      if (isLost) {
        values.markIncomplete();
        return;
      }
      text += piece;
      // Half a value of untrusted text is untrusted too.
      values.learn(piece, 'untrusted', learning.outcomeRecord);
    },
    end(): void {
      if (!isLost && !isMadeUp(learning.tool)) learnContent(learning, { content: [{ type: 'text', text }] });
    },
  };
}

/** What a model says was seen nowhere before it said it: only where it was shown a value says where that comes from. */
function isMadeUp(tool: PinnedTool | null): boolean {
  return tool?.kind === 'model';
}

/** The labels were noted when the call was let out; what a person lifted meanwhile is not lifted from what comes now. */
function noteArrival({ task: { history }, tool, message, model }: Learning): void {
  // Nothing here says which call of the task it brings the answer of.
  if (message.operation === 'follow_up') history.noteArrival(history.list('label'));
  else history.noteArrival(listLabelsOf(tool, model));
  if (isOutside(model)) history.values.markIncomplete();
}

/** What a provider looks up, or has kept from elsewhere, was never seen here. */
function isOutside(model: Armed['model'] = null): boolean {
  return model !== null && (model.request.hosted.length > 0 || model.request.unseen.length > 0);
}

/** The labels of what a call brings back, as tasks keep them. */
export function listLabelsOf(tool: PinnedTool | null, model: Armed['model'] = null): readonly string[] {
  const labels = isOutside(model) ? UNCONFIRMED_RESULT : (tool?.resultLabels ?? UNCONFIRMED_RESULT);
  return listLabelFacts(labelsOfResult(labels));
}

function learnContent({ task, tool, message, outcomeRecord }: Learning, result: JsonValue): void {
  const { values } = task.history;
  if (tool === null) {
    values.learn(result, 'untrusted', outcomeRecord);
    return;
  }
  const isRead = tool.effects.every((effect) => effect === 'read' || effect === 'egress');
  for (const { value, trust } of splitResult(result, tool.resultLabels, message.arguments, isRead))
    values.learn(value, trust, outcomeRecord);
}

/** A model reads pictures and sounds, and nothing here does: from then on nobody knows what it has read. */
function dropOpaque(values: ValueIndex, result: JsonValue): JsonValue {
  if (!isJsonObject(result)) return result;
  const lists = ['content', 'contents'].filter((name) => Array.isArray(result[name]));
  const kept = lists.map((name) => {
    const blocks = result[name] as readonly JsonValue[];
    const readableBlocks = blocks.filter((block) => !isOpaque(block));
    if (readableBlocks.length < blocks.length) values.markIncomplete();
    return [name, readableBlocks] as const;
  });
  return lists.length === 0 ? result : { ...result, ...Object.fromEntries(kept) };
}

function isOpaque(block: JsonValue): boolean {
  if (!isJsonObject(block)) return false;
  const { type, blob, resource } = block;
  return (
    type === 'image' ||
    type === 'audio' ||
    blob !== undefined ||
    (isJsonObject(resource) && resource.blob !== undefined)
  );
}
