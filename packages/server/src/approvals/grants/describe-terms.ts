import { type BoundedGrant, findAtPointer, isJsonObject, type JsonValue } from '@countersign/core';
import { formatAmount } from '../describe-amount.ts';
import { writeHonestly } from './write-honestly.ts';

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
    ...(fixed.length === 0 ? [] : [`Exactly as here: ${fixed.map(writeHonestly).join(', ')}`]),
    ...atMost.map(({ pointer, most }) => `${writeHonestly(pointer.slice(1))}: more than 0, at most ${most}`),
    ...(total === null ? [] : [`All together at most ${formatAmount(total)}`]),
    ...free.map((pointer) => `${writeHonestly(pointer.slice(1))}: anything, or nothing`),
    'No value may come from a less trusted place than here; otherwise you are asked again',
  ];
}

/** What of a call a grant leaves open, in one line, for lists of calls that fit. */
export function writeOpenValues({ grant }: Pick<BoundedGrant, 'grant'>, args: JsonValue): string {
  const pointers = [...grant.atMost.map(({ pointer }) => pointer), ...grant.free];
  const values = pointers.flatMap((pointer) => {
    const [value] = findAtPointer(args, pointer);
    return value === undefined ? [] : [`${pointer.slice(1)} ${writeHonestly(JSON.stringify(value))}`];
  });
  return values.length === 0 ? 'exactly the same' : values.join(', ');
}
