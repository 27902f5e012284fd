import { type BoundedGrant, findAtPointer, isJsonObject, type JsonValue } from '@countersign/core';
import { formatAmount } from '../describe-amount.ts';

/** What a grant lets through, a sentence each, from the text that is signed and nothing else. */
export function describeTerms({ grant, target, tool, arguments: shown }: BoundedGrant): readonly string[] {
  const { uses, expiresAt, free, atMost, total, scope } = grant;
  const open = new Set([...free, ...atMost.map(({ pointer }) => pointer)]);
  const fixed = isJsonObject(shown)
    ? Object.keys(shown).filter((name) => !open.has(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`))
    : [];
  const span = scope === 'task' ? 'only in this task' : 'in every task under the same delegation';
  return [
    `Up to ${uses} calls of ${target}/${tool}, this one included, ${span}`,
    `Until ${new Date(expiresAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    ...(fixed.length === 0 ? [] : [`Exactly as here: ${fixed.join(', ')}`]),
    ...atMost.map(({ pointer, most }) => `${pointer.slice(1)}: more than 0, at most ${most}`),
    ...(total === null ? [] : [`All together at most ${formatAmount(total)}`]),
    ...free.map((pointer) => `${pointer.slice(1)}: anything`),
    'No value may come from a less trusted place than here',
  ];
}

/** What of a call a grant leaves open, for lists of calls that fit. */
export function listOpenValues(
  { grant }: Pick<BoundedGrant, 'grant'>,
  args: JsonValue,
): readonly { readonly pointer: string; readonly value: JsonValue | null }[] {
  const pointers = [...grant.atMost.map(({ pointer }) => pointer), ...grant.free];
  return pointers.map((pointer) => ({ pointer, value: findAtPointer(args, pointer)[0] ?? null }));
}
