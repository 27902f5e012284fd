export { type Job, type RunningJob, runJob } from './run-job.ts';
