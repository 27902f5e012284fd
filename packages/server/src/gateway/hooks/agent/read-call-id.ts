import { AppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import { find } from '../../authzen/index.ts';

/** The caller's own name for one call. Throws `action.hook_refused`. */
export function readCallId(body: JsonObject): string {
  const id = find(body, 'callId');
  if (typeof id !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(id))
    throw new AppError('action.hook_refused', { detail: 'callId' });
  return id;
}
