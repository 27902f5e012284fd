import { isJsonObject } from '@countersign/core';
import { pickField } from '../secret-rules.ts';
import type { KvSecret } from './vault-kv.ts';

export interface KeptSecret {
  readonly value: string;
  readonly version: string;
  readonly changedAt: number;
  readonly previous?: { readonly value: string; readonly version: string; readonly until: number };
}

/**
 * The value, with what Countersign wrote beside it. Whoever else has written since made another version of the secret,
 * and what was beside it is of no account then. Hostile input.
 */
export function readBeside(secret: KvSecret, field = 'value', name = 'the secret'): KeptSecret {
  const value = pickField(secret.values, field, name);
  const { version, changedAt } = secret;
  const beside = secret.values.get('countersign');
  if (field !== 'value' || !isJsonObject(beside) || beside.number !== secret.number)
    return { value, version, changedAt };
  if (typeof beside.version !== 'string' || typeof beside.changedAt !== 'number')
    return { value, version, changedAt };
  const kept = { value, version: beside.version, changedAt: beside.changedAt };
  const { previous } = beside;
  if (!isJsonObject(previous) || typeof previous.version !== 'string' || typeof previous.until !== 'number')
    return kept;
  const before = pickField(new Map(Object.entries(previous)), 'value', name);
  return { ...kept, previous: { value: before, version: previous.version, until: previous.until } };
}
