export { feedSinks } from './feed-sinks.ts';
export { createLogReader } from './log-reader.ts';
export { sinkRoutes } from './routes.ts';
export { createSinkState, type SinkState } from './sink-state.ts';
