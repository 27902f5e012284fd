import { AppError } from '@countersign/api';
import { isJsonObject, type JsonValue } from '@countersign/core';

/** What is used of an item. */
export interface ConnectItem {
  /** By label and by id; a label that two fields share names neither. */
  readonly fields: ReadonlyMap<string, JsonValue>;
  readonly version: string;
  readonly changedAt: number;
}

/** Hostile input. Throws `secret.unavailable` when it is another item than the one that was asked for. */
export function readItem(
  body: JsonValue,
  asked: { readonly vault: string; readonly item: string },
  store: string,
): ConnectItem {
  const item = isJsonObject(body) ? body : {};
  const vault = isJsonObject(item.vault) ? item.vault.id : undefined;
  if (item.id !== asked.item || vault !== asked.vault) throw lied(store, 'another item');
  if (item.state === 'ARCHIVED' || item.state === 'DELETED')
    throw new AppError('secret.not_found', { detail: `an item of ${store} was put away` });
  const { version, updatedAt } = item;
  const changedAt = typeof updatedAt === 'string' ? Date.parse(updatedAt) : Number.NaN;
  if (typeof version !== 'number' || Number.isNaN(changedAt)) throw lied(store, 'no version');
  if (!Array.isArray(item.fields)) throw lied(store, 'no fields');
  return { fields: readFields(item.fields), version: `${asked.item}.${version}`, changedAt };
}

function readFields(listed: readonly JsonValue[]): ReadonlyMap<string, JsonValue> {
  const fields = new Map<string, JsonValue>();
  const shared = new Set<string>();
  for (const field of listed) {
    if (!isJsonObject(field) || field.value === undefined) continue;
    for (const name of new Set([field.label, field.id])) {
      if (typeof name !== 'string') continue;
      if (fields.has(name)) shared.add(name);
      fields.set(name, field.value);
    }
  }
  for (const name of shared) fields.delete(name);
  return fields;
}

function lied(store: string, what: string): AppError {
  return new AppError('secret.unavailable', {
    detail: `${store} cannot be trusted: it answers with ${what}`,
  });
}
