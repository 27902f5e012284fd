export { escalateApprovals } from './escalate-approvals.ts';
export { type Asking, type EligiblePerson, findEligible, findEligibleIn } from './find-eligible.ts';
export { chooseTold, findDeciders } from './find-told.ts';
export { isApprover, loadRoster, type Parties, type Roster } from './load-roster.ts';
