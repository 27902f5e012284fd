export { find } from './question.ts';
export { readJsonBody } from './read-json-body.ts';
export { createDecisionDoor, isForDecisions } from './serve-decisions.ts';
