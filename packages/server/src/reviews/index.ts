export { catchUp, countUse, dayMilliseconds } from './use/index.ts';
