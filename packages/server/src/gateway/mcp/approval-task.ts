import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import type { Outcome } from '../../actions/index.ts';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { PresentedToken } from '../../tokens/index.ts';
import type { ReadMessage } from './read-message.ts';
import { readArguments } from './translate-message.ts';

/** A call that waits for a person, as the task that its caller follows. */
export interface ApprovalTask {
  readonly approval: string;
  /** Who may follow it, at which upstream, in which task of theirs. */
  readonly agent: string;
  readonly upstream: string;
  readonly task: string;
  readonly tool: string;
  /** Which of the calls that the approval is about. */
  readonly argumentsDigest: string;
}

const purpose = 'mcp.approval-task';
/** No handle of an upstream's task starts so: it is base64url, without a dot. */
const mark = 'approval.';
const longestHandle = 2_048;

/** The handle of the task: of no use to another agent, at another upstream or in another task. */
export function sealApprovalTask(
  { masterKey }: Pick<Context, 'masterKey'>,
  read: ReadMessage,
  upstream: string,
  caller: PresentedToken,
  { approval }: Outcome & { kind: 'pending' },
): string {
  const task: ApprovalTask = {
    approval: approval.id,
    agent: caller.agentId,
    upstream,
    task: caller.taskId ?? '',
    tool: read.name ?? '',
    argumentsDigest: digestArguments(readArguments(read.params)),
  };
  return mark + masterKey.seal(JSON.stringify(task), purpose);
}

/** What the handle of a task says; undefined for an upstream's task, and for what nobody here sealed. */
export function openApprovalTask(
  { masterKey }: Pick<Context, 'masterKey'>,
  handle: string,
): ApprovalTask | undefined {
  if (!handle.startsWith(mark) || handle.length > longestHandle) return undefined;
  try {
    return JSON.parse(masterKey.open(handle.slice(mark.length), purpose)) as ApprovalTask;
  } catch {
    return undefined;
  }
}

/** The arguments that were asked about, as they are kept with the approval; undefined when it is not about this call. */
export function readAskedArguments(
  signedAction: string,
  { tool, argumentsDigest }: ApprovalTask,
): JsonObject | undefined {
  const signed: JsonObject = JSON.parse(signedAction);
  const calls: readonly JsonValue[] = Array.isArray(signed.calls) ? signed.calls : [{ ...signed, tool }];
  const given = calls.map((call) => (isJsonObject(call) ? call.arguments : undefined));
  return given.filter(isJsonObject).find((args) => digestArguments(args) === argumentsDigest);
}

function digestArguments(args: JsonObject): string {
  return sha256(canonicalJson(args));
}
