export type { AskedCall, Asker, AskingFront } from './asked.ts';
export { createUnauthenticatedCounter, type UnauthenticatedCounter } from './count-unauthenticated.ts';
export {
  type AskedDecision,
  decideAction,
  decideForwarded,
  type ForwardedDecision,
} from './decide-action.ts';
export {
  type AskedQuestion,
  type DeclaredAnswer,
  decideDeclaredQuestion,
} from './decide-declared-question.ts';
export { handleAction } from './handle-action.ts';
export { listCallableTools, listCallers } from './list-callable-tools.ts';
export { type PlannedCall, planCall } from './plan-call.ts';
export { planRoutes } from './plans/routes.ts';
export type { HandedCall } from './record-handover.ts';
export { recordLostOutcomes } from './record-lost-outcomes.ts';
export { type CallReport, recordReport } from './record-report.ts';
export { requestAskedApproval } from './request-asked-approval.ts';
export { leaveSeat, registerSeat, settleSeat } from './settle-seat.ts';
export type { Attempt, Message, Outcome } from './stages.ts';
export { observeSteps, type StepName } from './trace.ts';
export { vouchForHook } from './vouch.ts';
export { watchSeats } from './watch-seats.ts';
