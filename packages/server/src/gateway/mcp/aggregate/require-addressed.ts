import { AppError } from '@countersign/api';
import { everyUpstream } from '../../../upstreams/index.ts';
import { findGatheredList } from './gathered-lists.ts';

/** What is answered for all upstreams at once; a call gets here only with a name that leads to none, and is refused as one. */
const sharedMethods: ReadonlySet<string> = new Set([
  'notifications/cancelled',
  'notifications/progress',
  'server/discover',
  'tools/call',
  'tools/list',
]);
const addressedMethods: ReadonlySet<string> = new Set([
  'completion/complete',
  'prompts/get',
  'resources/read',
  'tasks/cancel',
  'tasks/get',
  'tasks/update',
]);

/** Throws `action.resource_unknown` for what leads to no upstream, `action.method_unknown` for what is not asked of all. */
export function requireAddressed(upstream: string, method: string): void {
  if (upstream !== everyUpstream) return;
  if (sharedMethods.has(method) || findGatheredList(method) !== undefined) return;
  throw new AppError(addressedMethods.has(method) ? 'action.resource_unknown' : 'action.method_unknown');
}
