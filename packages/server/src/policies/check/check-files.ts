import type { SchemaJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { PolicyFile } from '../bundle/complaint.ts';
import { useCedar } from '../engine/cedar.ts';
import { generateSchema } from '../schema/generate-schema.ts';
import type { Mistake, TextFile } from '../test/mistake.ts';
import { readTools } from '../test/read-tools.ts';
import { checkBundle } from './check-bundle.ts';
import type { Finding } from './finding.ts';
import type { KnownNames } from './known-names.ts';

export interface CheckInput {
  readonly policies: readonly PolicyFile[];
  /** The schema as `countersign policies schema` writes it; without one it is made from `tools`. */
  readonly schema?: TextFile;
  /** `*.tools.json`: what the upstreams offer. */
  readonly tools: readonly TextFile[];
  readonly known?: KnownNames;
}

export interface FilesCheck {
  /** What is wrong with the schema or the tools: then nothing was checked. */
  readonly mistakes: readonly Mistake[];
  /** Ids of the policies that could be read. */
  readonly policies: readonly string[];
  readonly findings: readonly Finding[];
}

/** Checks the policies of a folder without a server. */
export function checkFiles({ policies, schema, tools, known }: CheckInput): FilesCheck {
  const read = schema === undefined ? makeSchema(tools) : readSchema(schema);
  if ('mistakes' in read) return { mistakes: read.mistakes, policies: [], findings: [] };
  return { mistakes: [], ...checkBundle(policies, read.schema, known) };
}

type ReadSchema = { readonly schema: SchemaJson<string> } | { readonly mistakes: readonly Mistake[] };

function makeSchema(files: readonly TextFile[]): ReadSchema {
  const read = files.map(readTools);
  const mistakes = read.flatMap((one) => (one.ok ? [] : one.mistakes));
  if (mistakes.length > 0) return { mistakes };
  return { schema: generateSchema(read.flatMap((one) => (one.ok ? one.declared.tools : []))) };
}

const longestSchema = 16_777_216;

function readSchema({ name, text }: TextFile): ReadSchema {
  const refuse = (message: string): ReadSchema => ({ mistakes: [{ file: name, line: 1, message }] });
  if (text.length > longestSchema) return refuse(`longer than ${longestSchema} characters`);
  try {
    const answer = useCedar((cedar) => cedar.schemaToJson(text));
    if (answer.type === 'success') return { schema: answer.json };
    return refuse(answer.errors[0]?.message ?? 'this schema cannot be read');
  } catch {
    return refuse('this schema nests too deeply');
  }
}
