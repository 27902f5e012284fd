// Guarantees: what came back is stated and on its way to disk, linked to intent and decision.
import type { LedgerRecord } from '@countersign/api';
import { isFree, isJsonObject, replaceSecrets } from '@countersign/core';
import type { Context } from '../context.ts';
import { sha256 } from '../platform/sha256.ts';
import type { CallEnd } from '../tasks/index.ts';
import { appendOutcome } from './append-outcome.ts';
import { leftOut, noteUse } from './models/index.ts';
import { noteCompletion } from './note-facts.ts';
import { rememberResult } from './remember-result.ts';
import type { Inspected, Outcome } from './stages.ts';

/** Longer results are recorded by their digest and beginning. */
const recordedCharacters = 8192;

export function recordOutcome(context: Context, inspected: Inspected): Outcome & { kind: 'completed' } {
  const { response, intent, decisionRecord, cause } = inspected;
  const text = inspected.raw ?? JSON.stringify(response);
  const at = context.platform.now();
  const status = describeStatus(inspected);
  const record: LedgerRecord = {
    ...intent,
    id: inspected.outcomeRecord,
    kind: 'action.outcome',
    at,
    causes: cause === decisionRecord ? [intent.id, decisionRecord] : [intent.id, decisionRecord, cause],
    body: {
      credential: inspected.credential,
      ...(inspected.http === null ? {} : { httpStatus: inspected.http.status }),
      ...inspected.told?.describe(),
      ...(isFree(inspected.ruling.obligations) ? {} : { obligations: inspected.met }),
      redactions: inspected.redactions,
      result: keepText(inspected, text),
      resultCharacters: text.length,
      resultDigest: sha256(text),
      status,
      upstreamMilliseconds: at - inspected.sentAt,
    },
  };
  if (record.toolCall !== undefined) inspected.task.models.noteResult(record.toolCall, record.id);
  inspected.pass.settle(readEnd(status, inspected));
  if (status === 'completed') rememberResult(inspected);
  noteUse(context, inspected);
  const completed = status === 'completed' ? noteCompletion(context, inspected) : [];
  // Not awaited: the action has happened, and whoever did it must learn so. A start after a crash finds what is missing.
  appendOutcome(context, inspected, record, inspected.brought, completed).catch((error: unknown) => {
    context.log.error(
      { action: inspected.id, code: (error as { code?: string }).code },
      'an outcome could not be recorded',
    );
  });
  return {
    ...{ kind: 'completed', response, raw: inspected.raw, http: inspected.http },
    obligations: inspected.ruling.obligations,
    decisionRecord,
  };
}

/** What people paste into prompts, models repeat. */
function keepText({ model }: Inspected, text: string): string {
  // As much again, so that no credential at the end of it is cut in two before it is found.
  const near = text.slice(0, 2 * recordedCharacters);
  const shown = model === null ? near : replaceSecrets(near, leftOut);
  return shown.slice(0, recordedCharacters).toWellFormed();
}

function readEnd(status: string, { http }: Inspected): CallEnd {
  if (http !== null && http.status >= 500) return 'unavailable';
  if (http !== null && http.status >= 400) return 'failure';
  return status === 'tool_error' || status === 'rpc_error' ? 'failure' : 'success';
}

function describeStatus({ response, message }: Inspected): string {
  if (response === null) return message.isNotification ? 'sent' : 'no_reply';
  if (response.error !== undefined) return 'rpc_error';
  const { result } = response;
  if (!isJsonObject(result)) return 'completed';
  if (result.isError === true) return 'tool_error';
  return result.resultType === 'input_required' ? 'input_required' : 'completed';
}
