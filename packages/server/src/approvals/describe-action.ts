import { type Effect, findAtPointer, isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import type { DecisionRequest } from '../policies/index.ts';
import type { SentencePart } from './presented.ts';

const mostValues = 4;
const longestValue = 120;

/** `<agent> wants to call <upstream>/<tool> for <amount>: <key> <value>, …`; only values short enough to be whole. */
export function describeAction(decision: DecisionRequest, args: JsonObject): readonly SentencePart[] {
  const parts: SentencePart[] = [
    { text: decision.agent.name, strong: true },
    { text: ` wants to ${verbs[decision.operation] ?? decision.operation} `, strong: false },
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

export interface Amount {
  readonly minor: number;
  readonly currency: string | null;
}

/** The one amount that the tool's pointer names; null when there is none or several. */
export function readAmount(decision: DecisionRequest, args: JsonObject): Amount | null {
  const { tool } = decision;
  if (tool === null || tool.amountPointer === null) return null;
  const found = findAtPointer(args, tool.amountPointer);
  const [minor] = found;
  return found.length === 1 && typeof minor === 'number' && Number.isSafeInteger(minor)
    ? { minor, currency: readCurrency(tool.amountCurrency, args) }
    : null;
}

/** The tool's currency, which may be a pointer to an argument that names it. */
function readCurrency(currency: string | null, args: JsonObject): string | null {
  if (currency === null || !currency.startsWith('/')) return currency;
  const [named] = findAtPointer(args, currency);
  return typeof named === 'string' ? named : null;
}

/** `EUR 1,240.00 (124000 minor units)`: the second figure is what the upstream will read. */
export function formatAmount({ minor, currency }: Amount): string {
  if (currency === null || !/^[A-Z]{3}$/.test(currency)) return `${minor} minor units`;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return `${format.format(minor / 10 ** digits).replace(/\u00a0/g, ' ')} (${minor} minor units)`;
}

/** The arguments that the amount has said already. */
function listAmountKeys({ tool }: DecisionRequest): readonly string[] {
  const pointers = [tool?.amountPointer, tool?.amountCurrency];
  return pointers.flatMap((pointer) => (pointer?.startsWith('/') ? [pointer.slice(1)] : []));
}

function listShortValues(args: JsonObject, said: readonly string[]): readonly (readonly [string, string])[] {
  return Object.entries(args)
    .filter(([key, value]) => !isNested(value) && !said.includes(key))
    .map(([key, value]) => [key, typeof value === 'string' ? `“${value}”` : String(value)] as const)
    .filter(([key, value]) => key.length <= 40 && value.length <= longestValue)
    .slice(0, mostValues);
}

function isNested(value: JsonValue): boolean {
  return Array.isArray(value) || isJsonObject(value);
}

const consequences: Readonly<Record<Effect, string>> = {
  read: 'reads data',
  write: 'changes data',
  spend: 'spends money',
  admin: 'changes access or settings',
  egress: 'sends data outside',
};

/** From the tool's classification, and whether a person has confirmed it. */
export function describeConsequence(decision: DecisionRequest): string {
  const effects = decision.effects.map((effect) => consequences[effect]).join(', ');
  const domain = decision.dataDomain === '' ? '' : ` · data domain ${decision.dataDomain}`;
  const certainty = decision.tool === null || decision.tool.confirmed ? '' : ' · not confirmed by a person';
  return `${effects === '' ? 'no declared effect' : effects}${domain}${certainty}${describeUndoing(decision)}`;
}

/** Only what a person has confirmed is said to be reversible, or not. */
function describeUndoing({ effects, tool }: DecisionRequest): string {
  if (effects.every((effect) => effect === 'read')) return '';
  if (tool?.confirmed === true && tool.reversibility === 'reversible') return ' · can be taken back there';
  if (tool?.confirmed === true && tool.reversibility === 'irreversible') return ' · cannot be taken back';
  return ' · Countersign cannot undo it';
}
