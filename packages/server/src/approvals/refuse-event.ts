import { AppError, type ErrorCode } from '@countersign/api';
import type { ApprovalRefusal } from '@countersign/core';

const codes: Readonly<Record<ApprovalRefusal, ErrorCode>> = {
  clock_went_back: 'approval.expired',
  already_voted: 'approval.already_decided',
  not_an_approver: 'approval.not_eligible',
  separation_of_duties: 'approval.not_eligible',
  method_too_weak: 'person.passkey_refused',
  not_requested: 'approval.already_decided',
  not_approved: 'approval.already_decided',
  already_released: 'approval.already_decided',
  already_over: 'approval.already_decided',
  expired: 'approval.expired',
  not_due: 'approval.already_decided',
  no_escalation: 'approval.already_decided',
  requirement_changed: 'approval.insufficient',
};

/** What core's state machine refused, as an error; the detail is its own code. */
export function refuseEvent(refusal: ApprovalRefusal): AppError {
  return new AppError(codes[refusal], { detail: refusal });
}
