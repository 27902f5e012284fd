import type { SinkRecord } from '../ledger-sink.ts';

export interface OcsfStatus {
  readonly status_id: number;
  readonly status: string;
}

const refusals = /(?:^|_)(?:denied|failed|refused)$/;

/** Whether what the record tells of succeeded, where it tells of that. */
export function judgeStatus({ kind, body }: SinkRecord): OcsfStatus {
  if (kind === 'action.decision') {
    if (body?.effect === 'allow') return success;
    if (body?.effect === 'deny') return failure;
    return body?.effect === 'step_up' ? { status_id: 99, status: 'Step Up' } : unknown;
  }
  if (kind === 'action.outcome' || kind === 'action.reported') {
    if (typeof body?.status !== 'string') return unknown;
    return body.status === 'completed' ? success : failure;
  }
  if (kind === 'action.intent') return unknown;
  return refusals.test(kind.slice(kind.indexOf('.') + 1)) ? failure : success;
}

const success: OcsfStatus = { status_id: 1, status: 'Success' };
const failure: OcsfStatus = { status_id: 2, status: 'Failure' };
const unknown: OcsfStatus = { status_id: 0, status: 'Unknown' };
