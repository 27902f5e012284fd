export type { ModelAnswer } from './answer-draft.ts';
export {
  describeArguments,
  describeModelIntent,
  digestSystem,
  listShownResults,
  noteSaid,
} from './describe-model-intent.ts';
export { noteUse } from './note-use.ts';
export { type ModelCall, readModelCall } from './read-model-call.ts';
export { takePrediction } from './take-prediction.ts';
export { ToldAnswer } from './told-answer.ts';
