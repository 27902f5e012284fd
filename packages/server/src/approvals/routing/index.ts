export { type Asking, type EligiblePerson, findEligible } from './find-eligible.ts';
export { isApprover, loadRoster, type Parties, type Roster } from './load-roster.ts';
