export { createDecisionDoor, isForDecisions } from './serve-decisions.ts';
