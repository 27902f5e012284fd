export * from './argument-role.ts';
export { findArgumentValues } from './find-argument-values.ts';
export { listForms, listReadings, type ValueForms } from './list-forms.ts';
export { normaliseValue } from './normalise-value.ts';
export { ORIGINS, type Origin } from './origin.ts';
export * from './trace-arguments.ts';
export { type ArgumentSource, traceSources } from './trace-sources.ts';
export { type ValueBounds, ValueIndex, type ValueSource } from './value-index.ts';
