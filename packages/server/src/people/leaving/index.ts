export { finishInterrupted, holdLeavers, listUnfinished } from './hold-leavers.ts';
export { type LeaveCause, leavePerson } from './leave-person.ts';
export { loseAgents } from './lose-agents.ts';
export { returnPerson } from './return-person.ts';
