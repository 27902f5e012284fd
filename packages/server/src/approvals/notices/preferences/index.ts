export { proveAddress, proveAddressInput } from './prove-address.ts';
export { findChannelConfig, type Preference, readPreferences } from './read-preferences.ts';
export { requireSelfOr } from './require-self-or.ts';
export { showAtOnce } from './send-code.ts';
export { requirePersonal, setChannel, setChannelInput } from './set-channel.ts';
export { type PersonChannels, showChannels } from './show-channels.ts';
