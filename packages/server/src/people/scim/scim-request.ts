import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import type { Actor } from '../actor.ts';
import type { JsonRecord } from './json.ts';

/** A request of a directory that has proven itself. */
export interface ScimRequest {
  readonly context: Context;
  /** Keeps its own people and groups; sees no others. */
  readonly directory: string;
  readonly mayKeepAgents: boolean;
  readonly actor: Actor;
  /** Absolute, without a slash at its end. */
  readonly baseUrl: string;
  /** Value of If-Match. */
  readonly ifMatch: string | undefined;
}

export function nameVersion(version: number): string {
  return `W/"${version}"`;
}

/** Throws `person.scim_version_changed` when the directory has read another version. */
export function requireVersion({ ifMatch }: Pick<ScimRequest, 'ifMatch'>, version: number): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const wanted = ifMatch.split(',').map((one) => one.trim().replace(/^W\//, ''));
  if (!wanted.includes(`"${version}"`)) throw new AppError('person.scim_version_changed');
}

/** A page of resources, as RFC 7644 §3.4.2 shows it. */
export function showList(
  resources: readonly JsonRecord[],
  { total, startIndex }: { readonly total: number; readonly startIndex: number },
): JsonRecord {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: total,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}
