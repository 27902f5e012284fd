export { CHECK_DAYS, type CheckFigures, countChecks } from './count-checks.ts';
export { type CheckVerdict, checkVerdictSchema, findVerdict } from './find-verdict.ts';
export { listOwnChecks, type OwnCheck } from './list-own-checks.ts';
export { type CheckOutcome, readOutcome } from './read-outcome.ts';
export { recordAnswer } from './record-answer.ts';
export { sendDueChecks } from './send-due-checks.ts';
export { showDrill } from './show-drill.ts';
