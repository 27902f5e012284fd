export { findChannelConfig, type Preference, readPreferences } from './read-preferences.ts';
