export { inTurn, isAlone, type TurnName, type TurnStore } from './gateway-turns.ts';
export { createHouseJobs, type HouseJobs } from './house-jobs.ts';
export { type Job, type RunningJob, runJob } from './run-job.ts';
