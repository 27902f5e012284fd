import { AppError } from '@countersign/api';
import { type Call, canonicalCall, canonicalJson, isJsonObject, type JsonValue } from '@countersign/core';
import { sha256 } from '../platform/sha256.ts';
import { digestPresented } from './digest-presented.ts';
import type { StoredApproval } from './read-approval.ts';

type Shown = Pick<
  StoredApproval,
  | 'signedAction'
  | 'actionDigest'
  | 'callDigest'
  | 'presented'
  | 'drill'
  | 'checkPersonId'
  | 'requirement'
  | 'expiresAt'
  | 'agentId'
  | 'taskId'
  | 'upstream'
  | 'tool'
  | 'kind'
>;

/**
 * The stored request is still what was made and shown: the text is the one that is signed, and row and page say what the
 * text says. Throws `approval.digest_mismatch`: whoever could write into the database must not be able to have one thing
 * shown, or asked of other people, and another thing signed.
 */
export function requireAsShown(approval: Shown): void {
  if (sha256(approval.signedAction) !== approval.actionDigest) throw new AppError('approval.digest_mismatch');
  if (approval.kind !== 'call' && approval.kind !== 'once') return;
  const signed: Call & Readonly<Record<string, unknown>> = JSON.parse(approval.signedAction);
  // A drill is marked where it is shown, and releases nothing. Older requests do not say what was shown with them.
  const isShown =
    (approval.drill !== null && approval.checkPersonId === null) ||
    signed.shown === undefined ||
    signed.shown === digestPresented(approval.presented);
  const row = {
    agent: approval.agentId,
    task: approval.taskId,
    target: approval.upstream,
    tool: approval.tool,
  };
  // Sooner than was signed once one person has let it through alone; never later.
  const isInTime = typeof signed.expiresAt === 'number' && approval.expiresAt <= signed.expiresAt;
  const isSame =
    isInTime && Object.entries(row).every(([name, value]) => signed[name as keyof Call] === value);
  // What is no tool is found under the name of its method.
  const isFound =
    approval.presented.operation !== 'call' || sha256(canonicalCall(signed)) === approval.callDigest;
  if (!isShown || !isSame || !isFound || !isSameRequirement(signed.requirement, approval.requirement))
    throw new AppError('approval.digest_mismatch');
}

/** What was signed of whom to ask; a row may say more of how they are asked. */
function isSameRequirement(signed: unknown, stored: StoredApproval['requirement']): boolean {
  const held = stored as unknown as Readonly<Record<string, JsonValue>>;
  if (!isJsonObject(signed as JsonValue)) return false;
  return Object.entries(signed as Readonly<Record<string, JsonValue>>).every(
    ([name, value]) =>
      Object.hasOwn(held, name) && canonicalJson(held[name] ?? null) === canonicalJson(value),
  );
}
