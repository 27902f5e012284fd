export { catchUp, countedSince, countUse } from './count-use.ts';
export {
  listUsedTools,
  type MeasuredTool,
  type MeasuredUse,
  measureUse,
  toUseOfLimits,
} from './measure-use.ts';
export { dayMilliseconds } from './sum-calls.ts';
