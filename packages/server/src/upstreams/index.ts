export type {
  LiveUpstream,
  PinnedTool,
  UpstreamConnection,
  UpstreamDirectory,
  UpstreamReply,
  UpstreamRequest,
  UpstreamSettings,
} from './live-upstream.ts';
export { type Redacted, redactSecrets, redactText } from './redact-secrets.ts';
export { type Injection, listSecretNames, resolveInjection } from './resolve-injection.ts';
