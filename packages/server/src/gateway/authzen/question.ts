import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';

/** An entity of AuthZEN's information model (§5.1, §5.2). Hostile: it is what a caller says. */
export interface Entity {
  readonly type: string;
  readonly id: string;
  readonly properties: JsonObject;
  /** As it came, for what is bound to it. */
  readonly raw: JsonObject;
}

export interface NamedAction {
  readonly name: string;
  readonly properties: JsonObject;
  readonly raw: JsonObject;
}

/** One access evaluation (AuthZEN 1.0 §6.1). */
export interface Question {
  readonly subject: Entity;
  readonly action: NamedAction;
  readonly resource: Entity;
  readonly context: JsonObject;
}

const longestName = 1_024;

/** Throws `server.request_invalid` with the member at fault. Members it does not know are ignored (§12.1.1). */
export function readQuestion(given: JsonObject): Question {
  return {
    subject: readEntity(given, 'subject'),
    action: readAction(given),
    resource: readEntity(given, 'resource'),
    context: readContext(given),
  };
}

export function readEntity(given: JsonObject, member: 'subject' | 'resource'): Entity {
  const raw = readObject(given, member);
  return {
    type: readText(raw, 'type', member),
    id: readText(raw, 'id', member),
    properties: readProperties(raw, member),
    raw,
  };
}

/** What is searched for has a type alone; an id it carries is ignored (§8.4.1, §8.5.1). */
export function readSought(given: JsonObject, member: 'subject' | 'resource'): Omit<Entity, 'id'> {
  const raw = readObject(given, member);
  return { type: readText(raw, 'type', member), properties: readProperties(raw, member), raw };
}

export function readAction(given: JsonObject): NamedAction {
  const raw = readObject(given, 'action');
  return { name: readText(raw, 'name', 'action'), properties: readProperties(raw, 'action'), raw };
}

export function readContext(given: JsonObject): JsonObject {
  return readOptional(given, 'context', 'context');
}

function readObject(given: JsonObject, member: string): JsonObject {
  const value = find(given, member);
  if (!isJsonObject(value)) throw invalid(`${member}: an object is needed`);
  return value;
}

function readProperties(given: JsonObject, member: string): JsonObject {
  return readOptional(given, 'properties', `${member}.properties`);
}

function readOptional(given: JsonObject, member: string, name: string): JsonObject {
  const value = find(given, member);
  if (value === undefined) return {};
  if (!isJsonObject(value)) throw invalid(`${name}: an object is needed`);
  return value;
}

function readText(given: JsonObject, member: string, owner: string): string {
  const value = find(given, member);
  if (typeof value !== 'string' || value === '' || value.length > longestName)
    throw invalid(`${owner}.${member}: a string is needed`);
  return value;
}

export function find(given: JsonObject, member: string): JsonValue | undefined {
  return Object.hasOwn(given, member) ? given[member] : undefined;
}

export function invalid(detail: string): AppError {
  return new AppError('server.request_invalid', { detail });
}
