export { createModelsDoor } from './serve-models.ts';
