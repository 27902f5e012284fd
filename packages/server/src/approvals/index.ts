export {
  type AccessRequest,
  type AccessRequestRow,
  findAccessRequest,
  saveAccessRequest,
} from './access-requests.ts';
export type { AmendmentInput, Approval, ApprovalInput, ApprovalState } from './approval-state.ts';
export { approveApproval } from './approve-approval.ts';
export { beginApprove } from './begin-approve.ts';
export { type Glass, listGlass } from './break-glass/list-glass.ts';
export { sendDueChecks } from './checks/index.ts';
export { createApprovalState, stillSatisfies } from './create-approval-state.ts';
export { denyApproval } from './deny-approval.ts';
export { expireApprovals } from './expire-approvals.ts';
export { getApproval, type Standing, type ViewedApproval } from './get-approval.ts';
export { type AskedNow, type GrantClaim, listOrigins } from './grants/index.ts';
export { listApprovals } from './list-approvals.ts';
export { loadApproval, toMachine } from './load-approval.ts';
export {
  type ApprovalNews,
  createNoticeState,
  createPushDevices,
  deliverCards,
  forgetCards,
  type NoticeState,
  noteNews,
  notePersonNews,
  noticeRoutes,
  type PersonNews,
  personChannelRoutes,
  phonePages,
} from './notices/index.ts';
export { renderText, renderWords } from './page/render-text.ts';
export { approvalPages } from './page/routes.ts';
export type { Presented } from './presented.ts';
export type { StoredApproval, VoteEvidence } from './read-approval.ts';
export {
  createReceiptRoutes,
  listReceipts,
  loadReceiptKeys,
  type ReceiptKeys,
} from './receipts/index.ts';
export { refreshApprovals } from './refresh-approvals.ts';
export { mayDecide } from './require-decider.ts';
export { approvalRoutes } from './routes.ts';
export {
  chooseTold,
  type EligiblePerson,
  escalateApprovals,
  findDeciders,
  findEligible,
  loadRoster,
} from './routing/index.ts';
export { quietHoursRoutes } from './routing/routes.ts';
export { type DrillRequest, endDrillApprovals, showDrillApproval } from './show-drill-approval.ts';
export { signingPages } from './signing/routes.ts';
