export { requireUpstreamUrl } from '../outbound/address-guard.ts';
