import { canonicalJson, type JsonObject } from '@countersign/core';
import { findReach } from './find-reach.ts';
import { listConsumed, listToolNames } from './list-hosted.ts';
import {
  digestValue,
  listObjects,
  type ModelEntry,
  type ModelRequest,
  makeCall,
  readName,
  readText,
  sayEntry,
} from './model-request.ts';
import { readContent } from './read-content.ts';

/** A request of Anthropic's messages. */
export function readMessages(body: JsonObject): ModelRequest {
  const given = body.system === undefined || body.system === null ? null : readContent(body.system).text;
  const system = given === null ? [] : [given];
  const entries: ModelEntry[] = [];
  for (const message of listObjects(body.messages)) {
    if (message.role === 'system') {
      system.push(readContent(message.content).text);
      continue;
    }
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const blocks =
      typeof message.content === 'string' ? [sayBlock(message.content)] : listObjects(message.content);
    entries.push(...readBlocks(role, blocks));
  }
  const spoken = [
    ...(Array.isArray(body.messages) ? ['messages'] : []),
    ...(typeof body.system === 'string' || Array.isArray(body.system) ? ['system'] : []),
  ];
  return {
    asked: readName(body.model),
    system: system.length === 0 ? null : system.join('\n'),
    entries,
    tools: listToolNames(body),
    ...findReach(body),
    consumed: listConsumed(body, spoken),
  };
}

function sayBlock(text: string): JsonObject {
  return { type: 'text', text };
}

/** Its texts as one, then calls and answers, each by itself. */
function readBlocks(role: 'user' | 'assistant', blocks: readonly JsonObject[]): readonly ModelEntry[] {
  const texts: string[] = [];
  const other: string[] = [];
  const apart: ModelEntry[] = [];
  for (const block of blocks) {
    if (block.type === 'text') texts.push(readText(block.text));
    else if (block.type === 'tool_use')
      apart.push(
        sayEntry('assistant', '', { call: makeCall(block.id, block.name, canonicalJson(block.input ?? {})) }),
      );
    else if (block.type === 'tool_result') {
      const content = readContent(block.content);
      apart.push(
        sayEntry('tool', content.text, { other: content.other, answers: readName(block.tool_use_id) }),
      );
    } else other.push(digestValue(block));
  }
  // What a model thought stands beside what it said, which is known again without it.
  const thought = role === 'assistant' && other.length > 0 ? [sayEntry(role, '', { other })] : [];
  const isSilent = texts.length === 0 && (other.length === 0 || thought.length > 0);
  const said = isSilent
    ? []
    : [sayEntry(role, texts.join('\n'), { other: role === 'assistant' ? [] : other })];
  return [...thought, ...said, ...apart];
}
