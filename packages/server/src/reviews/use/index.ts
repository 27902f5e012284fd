export { catchUp, countUse } from './count-use.ts';
export { listUsedTools, type MeasuredTool, type MeasuredUse, measureUse } from './measure-use.ts';
export { dayMilliseconds } from './sum-calls.ts';
