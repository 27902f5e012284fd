import { canonicalJson } from '../actions/canonical-json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../actions/json-value.ts';

/** What an upstream says about one of its tools. Attacker-controlled: a proposal until a person accepts it. */
export interface ToolDefinition extends JsonObject {
  readonly name: string;
}

const TOOL_TYPE = 'countersign/tool/v1';

/** The RFC 8785 text whose SHA-256 pins a tool: whatever an agent or a person can read of it is in here. */
export function canonicalTool(upstream: string, definition: ToolDefinition): string {
  return canonicalJson({ definition, type: TOOL_TYPE, upstream });
}

/** A member that differs: a JSON pointer, and its value before and after. Undefined: it was, or is, not there. */
export interface ToolDifference {
  readonly path: string;
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/** Everything in which two definitions of a tool differ, in document order; empty when both pin alike. */
export function diffTools(before: ToolDefinition, after: ToolDefinition): readonly ToolDifference[] {
  const differences: ToolDifference[] = [];
  collect('', before, after, differences);
  return differences;
}

function collect(
  path: string,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  differences: ToolDifference[],
): void {
  const members = listMembers(before, after);
  if (members === undefined) {
    if (!isSame(before, after)) differences.push({ path, before, after });
    return;
  }
  for (const name of members) {
    const token = name.replaceAll('~', '~0').replaceAll('/', '~1');
    collect(`${path}/${token}`, readMember(before, name), readMember(after, name), differences);
  }
}

/** The names of members to compare one by one, or undefined when the values only compare as wholes. */
function listMembers(before: JsonValue | undefined, after: JsonValue | undefined): string[] | undefined {
  const bothArrays = Array.isArray(before) && Array.isArray(after);
  const bothObjects = isJsonObject(before) && isJsonObject(after);
  if (!bothArrays && !bothObjects) return undefined;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}

function readMember(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return Object.hasOwn(value as JsonObject, name) ? (value as JsonObject)[name] : undefined;
}

function isSame(before: JsonValue | undefined, after: JsonValue | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  return canonicalJson(before) === canonicalJson(after);
}
