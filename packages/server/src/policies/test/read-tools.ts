import {
  ACTION_KINDS,
  canonicalJson,
  EFFECTS,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseSentence,
  proposeArgumentRoles,
  REVERSIBILITIES,
  type ToolDefinition,
  UNCONFIRMED_RESULT,
} from '@countersign/core';
import { z } from 'zod';
import { sha256 } from '../../platform/sha256.ts';
import type { PinnedTool } from '../../upstreams/index.ts';
import { argumentRoles, createSchemaCompiler, resultLabels } from '../../upstreams/index.ts';
import type { Mistake, TextFile } from './mistake.ts';
import { readYaml } from './read-yaml.ts';

const jsonObject = z.custom<JsonObject>((value) => isJsonObject(value as JsonValue), 'not an object');

const declaredTool = z.strictObject({
  name: z.string().min(1).max(128),
  description: z.string().max(4096).optional(),
  effects: z.array(z.enum(EFFECTS)).min(1),
  reversibility: z.enum(REVERSIBILITIES).default('unknown'),
  /** The upstream's name when absent. */
  dataDomain: z.string().min(1).max(63).optional(),
  /** Whether a person has confirmed all this. */
  confirmed: z.boolean().default(true),
  amount: z.strictObject({ pointer: z.string().max(200), currency: z.string().max(200) }).optional(),
  /** What is said of its calls where a person is asked: a proposal for whoever classifies the upstream's tool. */
  sentence: z
    .string()
    .refine((text) => parseSentence(text) !== undefined, 'not a sentence')
    .optional(),
  inputSchema: jsonObject.default({ type: 'object' }),
  /** As proposed when absent. */
  argumentRoles: argumentRoles.optional(),
  /** Nothing is believed of its results when absent. */
  resultLabels: resultLabels.optional(),
});

const toolsFile = z.strictObject({
  /** In words, for people: which server this describes. */
  server: z.string().max(1000).optional(),
  upstream: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  environment: z.string().min(1).max(63).default('production'),
  kind: z.enum(ACTION_KINDS).default('mcp'),
  tools: z.array(declaredTool).min(1).max(1_000),
});

/** Tools as a file declares them, in place of an upstream's. */
export interface DeclaredTools {
  readonly upstream: string;
  readonly environment: string;
  readonly tools: readonly PinnedTool[];
}

export type ReadTools =
  | { readonly ok: true; readonly declared: DeclaredTools }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** Reads a `<name>.tools.json`, or the same as YAML. */
export function readTools(file: TextFile): ReadTools {
  const read = readYaml(file, toolsFile);
  if (!read.ok) return read;
  const { upstream, environment, kind, tools } = read.value;
  const compile = createSchemaCompiler();
  const mistakes: Mistake[] = [];
  const pinned = tools.flatMap((tool, index): PinnedTool[] => {
    const { name, description, inputSchema } = tool;
    const definition: ToolDefinition = {
      name,
      ...(description === undefined ? {} : { description }),
      inputSchema,
    };
    try {
      return [
        {
          ...{ upstream, name, definition, kind, state: 'pinned' },
          digest: sha256(canonicalJson(definition)),
          effects: tool.effects,
          reversibility: tool.reversibility,
          dataDomain: tool.dataDomain ?? upstream,
          confirmed: tool.confirmed,
          amountPointer: tool.amount?.pointer ?? null,
          amountCurrency: tool.amount?.currency ?? null,
          argumentRoles: tool.argumentRoles ?? proposeArgumentRoles(definition),
          sentence: tool.sentence ?? null,
          resultLabels: tool.resultLabels ?? UNCONFIRMED_RESULT,
          validateArguments: compile(inputSchema),
        },
      ];
    } catch (error) {
      const message = `${name}: ${error instanceof Error ? error.message : 'its input schema cannot be used'}`;
      mistakes.push({ file: file.name, line: read.lineAt(['tools', index]), message });
      return [];
    }
  });
  return mistakes.length > 0
    ? { ok: false, mistakes }
    : { ok: true, declared: { upstream, environment, tools: pinned } };
}
