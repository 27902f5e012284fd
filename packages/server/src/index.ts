export { observeSteps, type StepName } from './actions/index.ts';
export { type Config, configSchema, describeConfigSchema, loadConfig } from './config/index.ts';
export { createPlatform, type Platform } from './platform/platform.ts';
export { type RunningServer, type StartOptions, startServer } from './start-server.ts';
