import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import type { AskedEntity, DeclaredQuestion } from '../declared/index.ts';
import type { Expression, MappingInputs } from './compile-expression.ts';
import { compileTemplate, type MappingBudget } from './compile-template.ts';
import { MappingError } from './mapping-error.ts';
import { requireSmall } from './require-small.ts';

/** Whom a message is about: never the mapping's word. */
export interface Anchor {
  /** The subject of the caller's token. */
  readonly subject: string;
  readonly agent: string;
}

/** The questions that a call comes to, all of which must be permitted. Throws `MappingError`. */
export type Mapping = (inputs: MappingInputs, anchor: Anchor) => readonly DeclaredQuestion[];

const MOST_ENTRIES = 10;
const MOST_VALUES = 300;
const MOST_EXPRESSIONS = 32;
const MOST_NODES = 400;

/** Compiles a hostile `x-authzen-mapping` (COAZ §The Mapping, COAZ-MCP §Declared Mappings). Throws `MappingError`. */
export function compileMapping(declared: JsonValue): Mapping {
  if (!isJsonObject(declared) || Object.keys(declared).length !== 1)
    throw new MappingError('a mapping has exactly one envelope');
  const budget = { values: MOST_VALUES, expressions: MOST_EXPRESSIONS, nodes: MOST_NODES };
  const templates = Object.hasOwn(declared, 'evaluations')
    ? splitEvaluations(declared.evaluations)
    : [requireOwn(declared, 'evaluation')];
  const compiled = templates.map((template) => compileQuestion(template, budget));
  return (inputs, anchor) => {
    requireSmall(inputs.params);
    return compiled.map((ask) => ask(inputs, anchor));
  };
}

/** Entries replace whole members of the defaults (AuthZEN 1.0 §7.1). */
function splitEvaluations(body: JsonValue | undefined): readonly JsonObject[] {
  if (!isJsonObject(body)) throw new MappingError('evaluations is not an object');
  const { evaluations: entries, options: _, ...defaults } = body;
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > MOST_ENTRIES)
    throw new MappingError(`evaluations has 1 to ${MOST_ENTRIES} entries`);
  return entries.map((entry) => {
    if (!isJsonObject(entry)) throw new MappingError('an entry of evaluations is not an object');
    if (Object.hasOwn(entry, 'subject')) throw new MappingError('an entry of evaluations names a subject');
    return { ...defaults, ...entry };
  });
}

function requireOwn(body: JsonObject, name: string): JsonObject {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  if (!isJsonObject(value)) throw new MappingError(`${name} is missing or not an object`);
  return value;
}

function compileQuestion(template: JsonObject, budget: MappingBudget) {
  requireKnown(template, ['subject', 'action', 'resource', 'context'], 'evaluation');
  const subject = compileMember(
    { subject: {}, ...template },
    'subject',
    ['type', 'id', 'properties'],
    budget,
  );
  const action = compileMember(template, 'action', ['name', 'properties'], budget);
  const resource = compileMember(template, 'resource', ['type', 'id', 'properties'], budget);
  const context = compileTemplate(template.context ?? {}, budget);
  return (inputs: MappingInputs, anchor: Anchor): DeclaredQuestion => {
    const named = action(inputs);
    const shown = context(inputs) ?? {};
    if (!isJsonObject(shown)) throw new MappingError('context is not an object');
    return {
      principal: readSubject(template.subject, subject(inputs), anchor),
      action: { name: readText(named, 'name', 'action'), properties: readProperties(named, 'action') },
      resource: readEntity(resource(inputs), 'resource'),
      context: { ...shown, agent: anchor.agent },
    };
  };
}

function compileMember(
  template: JsonObject,
  name: string,
  known: readonly string[],
  budget: MappingBudget,
): (inputs: MappingInputs) => JsonObject {
  const member = Object.hasOwn(template, name) ? template[name] : undefined;
  if (member === undefined) throw new MappingError(`${name} is missing`);
  const resolve: Expression = compileTemplate(member, budget);
  return (inputs) => {
    const resolved = resolve(inputs);
    if (!isJsonObject(resolved)) throw new MappingError(`${name} is not an object`);
    requireKnown(resolved, known, name);
    return resolved;
  };
}

/** An upstream must not say who asks: stricter than the draft, which lets a mapping take it from anywhere. */
function readSubject(template: JsonValue | undefined, resolved: JsonObject, anchor: Anchor): AskedEntity {
  const says = (name: string) =>
    template !== undefined && (!isJsonObject(template) || Object.hasOwn(template, name));
  if (says('id') && resolved.id !== anchor.subject)
    throw new MappingError('subject.id is not the subject of the token');
  const type = says('type') ? readText(resolved, 'type', 'subject') : 'identity';
  return { type, id: anchor.subject, properties: readProperties(resolved, 'subject') };
}

function readEntity(resolved: JsonObject, name: string): AskedEntity {
  return {
    type: readText(resolved, 'type', name),
    id: readText(resolved, 'id', name),
    properties: readProperties(resolved, name),
  };
}

function readText(resolved: JsonObject, member: string, name: string): string {
  const text = Object.hasOwn(resolved, member) ? resolved[member] : undefined;
  if (typeof text !== 'string' || text === '') throw new MappingError(`${name}.${member} is not a text`);
  return text;
}

function readProperties(resolved: JsonObject, name: string): JsonObject {
  const properties = resolved.properties ?? {};
  if (!isJsonObject(properties)) throw new MappingError(`${name}.properties is not an object`);
  return properties;
}

function requireKnown(given: JsonObject, known: readonly string[], name: string): void {
  const odd = Object.keys(given).find((key) => !known.includes(key));
  if (odd !== undefined) throw new MappingError(`${name} has an unknown member`);
}
