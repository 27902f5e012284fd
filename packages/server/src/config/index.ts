export { type Config, type ConfigFile, configSchema } from './config.ts';
export { type ConfigSources, completeConfig, describeConfigSchema, loadConfig } from './load-config.ts';
export { readSettingFile } from './read-environment.ts';
