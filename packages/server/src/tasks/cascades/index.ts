export * from './cascades.ts';
export { type CascadeParts, createCascades } from './create-cascades.ts';
