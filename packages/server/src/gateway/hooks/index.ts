export { createHooksDoor, isForHooks } from './serve-hooks.ts';
