import type { DetailedError, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import {
  NO_OBLIGATIONS,
  OBLIGATION_ANNOTATIONS,
  type Obligations,
  type ParsedLimits,
  type PolicyLimit,
  type PolicyMode,
  type PolicySequence,
  parseLimits,
  parseObligations,
  parseSequence,
  parseStartingMode,
  parseStepUp,
} from '@countersign/core';
import { ACTION_TYPE, isActionGroup } from '../schema/action-names.ts';
import { readEntityName } from '../schema/entity-name.ts';
import { type Complaint, locate, type PolicyFile, toTextOffset } from './complaint.ts';
import { type PolicyHead, readHead } from './read-head.ts';
import { readPolicyJson } from './read-policy-json.ts';
import { type PolicyText, splitPolicies } from './split-policies.ts';

export interface ParsedPolicy {
  /** `<file without ending>:<its @id, or its number in the file>`. */
  readonly id: string;
  readonly source: PolicyText;
  readonly json: PolicyJson;
  readonly effect: 'permit' | 'forbid';
  /** What its scope says that can be told without a request. */
  readonly head: PolicyHead;
  readonly stepUp: string | undefined;
  readonly description: string | undefined;
  /** Whether it has an `@id`, which stays the same when the file changes around it. */
  readonly isNamed: boolean;
  /** What `@mode` says: the mode it starts with when it first appears. */
  readonly mode: PolicyMode | undefined;
  /** What the task must have done before; null when it counts whatever that was. */
  readonly sequence: PolicySequence | null;
  /** What may be used while it permits; none when it limits nothing. */
  readonly limits: readonly PolicyLimit[];
  /** What an action owes that it allows. */
  readonly obligations: Obligations;
}

export interface ParsedBundle {
  readonly policies: readonly ParsedPolicy[];
  readonly complaints: readonly Complaint[];
}

const policyName = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;
const knownAnnotations = new Set<string>([
  ...OBLIGATION_ANNOTATIONS,
  ...['id', 'after', 'description', 'limit', 'mode', 'stepUp'],
]);

/** Reads the files of a bundle; every complaint is an error, and with any of them the bundle is not to be used. */
export function parseBundle(files: readonly PolicyFile[]): ParsedBundle {
  const policies: ParsedPolicy[] = [];
  const complaints: Complaint[] = [];
  const ids = new Set<string>();
  for (const file of files) {
    if (!file.name.endsWith('.cedar')) continue;
    const split = splitPolicies(file);
    if (!split.ok) {
      complaints.push(split.complaint);
      continue;
    }
    split.policies.forEach((text, index) => {
      const parsed = parsePolicy(text, index + 1);
      if ('severity' in parsed) complaints.push(parsed);
      else if (ids.has(parsed.id))
        complaints.push(complainOf(text, 0, `another policy is called ${parsed.id}`));
      else {
        ids.add(parsed.id);
        policies.push(parsed);
      }
    });
  }
  return { policies, complaints };
}

/** A complaint at an offset, in UTF-16 units, into the policy's text. */
export function complainOf(source: PolicyText, offset: number, message: string): Complaint {
  const at = locate(source.file.text, source.start + offset);
  return { severity: 'error', file: source.file.name, ...at, message };
}

/** Where the engine says its error is, and what it advises. */
export function translateError(source: PolicyText, error: DetailedError): Complaint {
  const label = error.sourceLocations?.[0];
  const parts = [error.message, label?.label, error.help]
    .filter((part) => typeof part === 'string' && part !== '')
    .map((part) => part?.replace(/^for policy `[^`]*`, /, '').replace(/^failed to parse [^:]*: /, ''));
  return complainOf(source, toTextOffset(source.text, label?.start ?? 0), parts.join('; '));
}

function parsePolicy(source: PolicyText, number: number): ParsedPolicy | Complaint {
  let answer: ReturnType<typeof readPolicyJson>;
  try {
    answer = readPolicyJson(source.text);
  } catch {
    return complainOf(source, 0, 'this policy nests too deeply');
  }
  if (answer.type !== 'success') {
    const [error] = answer.errors;
    return error ? translateError(source, error) : complainOf(source, 0, 'this policy cannot be read');
  }
  const { json } = answer;
  const { id: given, after, stepUp, description, mode, limit } = json.annotations ?? {};
  const name = given ?? String(number);
  const flaw = findFlaw(json, name, stepUp) ?? findModeFlaw(mode, given);
  if (flaw !== undefined) return complainOf(source, 0, flaw);
  const limits = readLimits(json, limit);
  if (!limits.ok) return complainOf(source, 0, `@limit: ${limits.detail}`);
  const order = after === undefined ? { ok: true as const, sequence: null } : parseSequence(after);
  if (!order.ok) return complainOf(source, 0, `@after: ${order.detail}`);
  const id = `${source.file.name.replace(/\.cedar$/, '')}:${name}`;
  const owed = parseObligations(json.annotations ?? {});
  return {
    ...{ id, source, json, effect: json.effect, stepUp, description },
    head: readHead(json),
    isNamed: given !== undefined,
    limits: limits.limits,
    sequence: order.sequence,
    mode: mode === undefined ? undefined : parseStartingMode(mode),
    obligations: owed.ok ? owed.obligations : NO_OBLIGATIONS,
  };
}

function readLimits(json: PolicyJson, text: string | undefined): ParsedLimits {
  if (text === undefined) return { ok: true, limits: [] };
  if (json.effect !== 'permit') return { ok: false, detail: 'it belongs on a permit' };
  // A number in the file is another policy's as soon as one is written above it, and so would be what was counted.
  if (json.annotations?.id === undefined)
    return { ok: false, detail: 'it is counted under an @id, so give one' };
  return parseLimits(text);
}

function findModeFlaw(mode: string | undefined, id: string | undefined): string | undefined {
  if (mode === undefined) return undefined;
  if (parseStartingMode(mode) === undefined) return '@mode is "warn" or "shadow"';
  return id === undefined ? '@mode needs an @id, by which its mode is kept' : undefined;
}

function findFlaw(json: PolicyJson, name: string, stepUp: string | undefined): string | undefined {
  if (!policyName.test(name)) return 'an @id has up to 100 letters, digits, dots, dashes and underscores';
  // A mistyped annotation would silently turn a step-up into something else.
  const unknown = Object.keys(json.annotations ?? {}).find((key) => !knownAnnotations.has(key));
  if (unknown !== undefined) return `unknown annotation @${unknown}`;
  if (stepUp !== undefined && json.effect !== 'forbid') return '@stepUp belongs on a forbid';
  const asked = stepUp === undefined ? undefined : parseStepUp(stepUp);
  if (asked?.ok === false) return `@stepUp: ${asked.detail}`;
  const owed = findObligationFlaw(json);
  if (owed !== undefined) return owed;
  const { action } = json;
  const exact = action.op === '==' && 'entity' in action ? readEntityName(action.entity) : undefined;
  if (exact?.type === ACTION_TYPE && isActionGroup(exact.id))
    return `"${exact.id}" is a group of actions, which no single action equals: write "action in"`;
  return undefined;
}

/** What is forbidden owes nothing: an obligation there would never be met. */
function findObligationFlaw({ annotations = {}, effect }: PolicyJson): string | undefined {
  const [name] = OBLIGATION_ANNOTATIONS.filter((one) => Object.hasOwn(annotations, one));
  if (name === undefined) return undefined;
  if (effect !== 'permit') return `@${name} belongs on a permit`;
  const owed = parseObligations(annotations);
  return owed.ok ? undefined : owed.detail;
}
