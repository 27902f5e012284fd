export type { ModelAnswer } from './answer-draft.ts';
export {
  describeArguments,
  describeModelIntent,
  digestSystem,
  listShownResults,
  noteSaid,
} from './describe-model-intent.ts';
export { leftOut } from './model-request.ts';
export { noteUse } from './note-use.ts';
export { type ModelCall, readModelCall } from './read-model-call.ts';
export { type TakenPrediction, takePrediction } from './take-prediction.ts';
export { ToldAnswer } from './told-answer.ts';
