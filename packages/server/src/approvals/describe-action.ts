import {
  fillSentence,
  findArgumentValues,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  maskSecret,
  parseSentence,
  quoteValues,
  type SentencePart,
} from '@countersign/core';
import type { DecisionRequest } from '../policies/index.ts';
import { formatAmount, formatMoney, readAmount } from './describe-amount.ts';

const mostValues = 4;
const longestValue = 120;

/**
 * `<agent> wants to …`, in the words that a person has vouched for, or else `call <upstream>/<tool>` with the values that are
 * short enough to be whole. Nothing that an agent wrote is ever more than a value in it.
 */
export function describeAction(decision: DecisionRequest, args: JsonObject): readonly SentencePart[] {
  const opening: readonly SentencePart[] = [
    { text: decision.agent.name, strong: true },
    { text: ' wants to ', strong: false },
  ];
  const sentence = readTemplate(decision);
  const parsed = sentence === null ? undefined : parseSentence(sentence);
  if (parsed === undefined) return [...opening, ...describeCall(decision, args)];
  return [...opening, ...fillSentence(parsed, (of) => sayValue(decision, args, of))];
}

/** The words that somebody has vouched for, of this definition of the tool. */
export function readTemplate({ tool, operation }: DecisionRequest): string | null {
  return operation === 'call' && tool?.confirmed === true ? (tool.sentence ?? null) : null;
}

function sayValue(decision: DecisionRequest, args: JsonObject, of: string): string | undefined {
  const { tool } = decision;
  if (of === 'upstream') return decision.upstream;
  if (of === 'tool') return tool?.name ?? decision.target;
  if (of === 'environment') return decision.environment;
  const amount = of === tool?.amountPointer ? readAmount(decision, args) : null;
  if (amount !== null) return formatMoney(amount);
  const { values, isComplete } = findArgumentValues(args, of);
  const name = of.split('/').findLast((token) => token !== '*') ?? '';
  const said = quoteValues(name, values);
  return said === undefined || isComplete ? said : `${said} and others`;
}

function describeCall(decision: DecisionRequest, args: JsonObject): readonly SentencePart[] {
  const parts: SentencePart[] = [
    { text: `${verbs[decision.operation] ?? decision.operation} `, strong: false },
    { text: `${decision.upstream}/${decision.tool?.name ?? decision.target}`, strong: true },
  ];
  const amount = readAmount(decision, args);
  if (amount !== null)
    parts.push({ text: ' for ', strong: false }, { text: formatAmount(amount), strong: true });
  const values = listShortValues(args, amount === null ? [] : listAmountKeys(decision));
  values.forEach(([key, value], index) => {
    parts.push({ text: `${index === 0 ? ':' : ','} ${key} `, strong: false }, { text: value, strong: true });
  });
  return parts;
}

const verbs: Readonly<Record<string, string>> = {
  call: 'call',
  read_resource: 'read',
  get_prompt: 'fetch the prompt',
};

/** The arguments that the amount has said already. */
function listAmountKeys({ tool }: DecisionRequest): readonly string[] {
  const pointers = [tool?.amountPointer, tool?.amountCurrency];
  return pointers.flatMap((pointer) => (pointer?.startsWith('/') ? [pointer.slice(1)] : []));
}

function listShortValues(args: JsonObject, said: readonly string[]): readonly (readonly [string, string])[] {
  return Object.entries(args)
    .filter(([key, value]) => !isNested(value) && !said.includes(key) && isShort(key, value))
    .map(
      ([key, value]) => [key, quoteValues(key, [value as Exclude<JsonValue, object> | null]) ?? ''] as const,
    )
    .slice(0, mostValues);
}

function isShort(key: string, value: JsonValue): boolean {
  if (key.length > 40) return false;
  return (
    typeof value !== 'string' || value.length <= longestValue - 2 || maskSecret(key, value) !== undefined
  );
}

function isNested(value: JsonValue): boolean {
  return Array.isArray(value) || isJsonObject(value);
}
