export { canonicalCard } from './a2a/canonical-card.ts';
export type { PeerCall } from './a2a/peer-call.ts';
export { messageTool, readPeerPlace } from './a2a/peer-place.ts';
export { acceptTool } from './accept-tool.ts';
export { actionKindOf } from './action-kind-of.ts';
export { type AddedUpstream, addUpstream } from './add-upstream.ts';
export { defaultMaxResultBytes, defaultStreamBytes } from './answer-bounds.ts';
export { classifyTool } from './classify-tool.ts';
export { listAskable } from './client-questions.ts';
export { createSchemaCompiler } from './compile-schema.ts';
export { followEndings } from './connections/follow-endings.ts';
export { connectionPages } from './connections/page/routes.ts';
export { createUpstreamDirectory } from './create-upstream-directory.ts';
export {
  createUpstreamCredentials,
  type UpstreamCredentials,
} from './credentials/create-credential-state.ts';
export {
  type ArmedInjection,
  type Claimant,
  type CredentialUse,
  UpstreamChallenge,
} from './credentials/minted.ts';
export { declareUpstream } from './declare-upstream.ts';
export { createEventStream } from './event-stream.ts';
export { describeEvery, everyUpstream, findExposedTool } from './every-upstream.ts';
export { exposeName, readExposedName } from './exposed-name.ts';
export { findDefinitions, type ToolDefinitionFound } from './find-definitions.ts';
export { type DeclaredTools, declareTools } from './hooks/declare-tools.ts';
export { isJsonType } from './http-api/describe-body.ts';
export type { ApiExchange, ApiReply, ApiUpload, BodySink } from './http-api/exchange.ts';
export { isForbiddenHeader, overridingHeaders } from './http-api/forbidden-headers.ts';
export { type ApiField, type ApiOperation, readOperation, readPlaceholder } from './http-api/operation.ts';
export { fitsTemplate, pickExact } from './http-api/path-template.ts';
export { findText } from './http-api/read-result.ts';
export { createBodyRedactor } from './http-api/redact-body.ts';
export { isListed } from './http-api/render-request.ts';
export { modernRevision } from './json-rpc.ts';
export { argumentRoles, resultLabels } from './labels-schema.ts';
export { getUpstream, listTools, listUpstreams } from './list-upstreams.ts';
export { listUsedSecrets } from './list-used-secrets.ts';
export type {
  ClientSession,
  LiveUpstream,
  ModelProvider,
  PinnedTool,
  UpstreamConnection,
  UpstreamDirectory,
  UpstreamReply,
  UpstreamRequest,
  UpstreamRow,
  UpstreamSettings,
} from './live-upstream.ts';
export { type Redacted, redactSecrets, redactText } from './redact-secrets.ts';
export { type RefreshedTools, refreshTools } from './refresh-tools.ts';
export { createUpstreamRefresher, refreshUpstream } from './refresh-upstreams.ts';
export { removeUpstream } from './remove-upstream.ts';
export {
  type FilledSettings,
  type Injection,
  listSecretNames,
  resolveInjection,
} from './resolve-injection.ts';
export { type HiddenText, reviewTool, type ToolReview } from './review-tool.ts';
export { upstreamRoutes } from './routes.ts';
export { type ScannedUpstreams, scanUpstreams } from './scan/scan-upstreams.ts';
export { startUpstreams } from './start-upstreams.ts';
export { insertTools, loadTools, loadUpstream } from './stored-upstreams.ts';
export { classification, upstreamName } from './upstream-schema.ts';
export type { ToolView, UpstreamView } from './upstream-view.ts';
