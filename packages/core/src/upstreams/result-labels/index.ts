export { proposeResultLabels } from './propose-result-labels.ts';
export {
  type FieldLabels,
  labelsOfResult,
  type ResultLabels,
  UNCONFIRMED_RESULT,
} from './result-labels.ts';
export { type LabelledPart, splitResult } from './split-result.ts';
