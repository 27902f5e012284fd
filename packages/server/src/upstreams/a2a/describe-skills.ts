import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import type { ImportedApi } from '../http-api/import-operations.ts';
import { messageTool, placeKey } from './peer-place.ts';
import type { PeerCard } from './read-card.ts';

const mostSkills = 200;
const longestText = 2_000;
const skillId = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;
const strings = { type: 'array', items: { type: 'string', maxLength: 256 }, maxItems: 64 };

/** What a message says, and to which talk it belongs. Ids are ours: what the peer calls them is nobody's to name here. */
const inputSchema: JsonObject = {
  type: 'object',
  properties: {
    parts: {
      type: 'array',
      minItems: 1,
      maxItems: 64,
      items: {
        type: 'object',
        properties: {
          text: { type: 'string' },
          data: {},
          url: { type: 'string' },
          raw: { type: 'string' },
          mediaType: { type: 'string', maxLength: 256 },
          filename: { type: 'string', maxLength: 256 },
          metadata: { type: 'object' },
        },
        additionalProperties: false,
      },
    },
    task: { type: 'string', maxLength: 64 },
    context: { type: 'string', maxLength: 64 },
    acceptedOutputModes: strings,
    metadata: { type: 'object' },
  },
  required: ['parts'],
  additionalProperties: false,
};

/** Makes each skill of a card a tool, and one more of a message that leaves the choice to the peer. Never throws for what one skill is like. */
export function describeSkills({ card, path, streams }: PeerCard): ImportedApi {
  const refused: { name: string; reason: string }[] = [];
  const tools: JsonObject[] = [describe(messageTool, card, { path, streams, skill: null })];
  const skills = Array.isArray(card.skills) ? card.skills : [];
  const taken = new Set<string>();
  for (const skill of skills.slice(0, mostSkills)) {
    const id = isJsonObject(skill) && typeof skill.id === 'string' ? skill.id : '';
    const refuse = (reason: string) => refused.push({ name: id.slice(0, 128).toWellFormed(), reason });
    if (!isJsonObject(skill) || !skillId.test(id)) refuse('the id of the skill is not acceptable');
    else if (taken.has(id)) refuse('more than one skill has this id');
    else tools.push(describe(`${messageTool}.${id}`, skill, { path, streams, skill: id }));
    taken.add(id);
  }
  if (skills.length > mostSkills)
    refused.push({ name: '…', reason: `only ${mostSkills} skills of one agent are imported` });
  return { tools, refused };
}

/** Nothing is known of what a peer does: it may do anything until a person has said what. */
function describe(name: string, { name: title, description, tags, examples }: JsonObject, place: JsonObject) {
  return {
    name,
    ...(typeof title === 'string' && title !== ''
      ? { title: title.slice(0, longestText).toWellFormed() }
      : {}),
    description: [readText(description), ...listTexts(tags), ...listTexts(examples)].join('\n').trim(),
    inputSchema,
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    _meta: { [placeKey]: place },
  };
}

function listTexts(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.slice(0, 16).map(readText) : [];
}

function readText(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value.slice(0, longestText).toWellFormed() : '';
}
