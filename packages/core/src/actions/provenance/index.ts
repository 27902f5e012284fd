export * from './argument-role.ts';
export { ORIGINS, type Origin } from './origin.ts';
export * from './trace-arguments.ts';
export { normaliseValue, type ValueBounds, ValueIndex } from './value-index.ts';
