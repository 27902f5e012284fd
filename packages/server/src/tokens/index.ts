export { expireAuthorizations } from './authorize/expire-authorizations.ts';
export { createAuthorizeRoutes, createConsentRoutes } from './authorize/routes.ts';
export {
  createBackchannelRoutes,
  createNotificationEndpointRoutes,
  endAsks,
  notifyAgents,
} from './backchannel/index.ts';
export { challengeAgain } from './challenge.ts';
export { expireClients } from './clients/expire-clients.ts';
export { createClientRoutes, createRegistrationRoutes } from './clients/routes.ts';
export { createTokenState } from './create-token-state.ts';
export {
  createEnforcementPointRoutes,
  type Decider,
  type EnforcementPoint,
  findEnforcementPoint,
  holdsKeyOf,
  type KnownHook,
  type Teller,
  verifyDecider,
  verifyHook,
  verifyTeller,
} from './enforcement-points/index.ts';
export { type HandedOver, handOver } from './exchange/hand-over.ts';
export { grantToken, type PresentedTokenRequest } from './grant-token.ts';
export type { IssuedToken } from './issue-token.ts';
export { type LedgerKey, loadLedgerKey } from './load-ledger-key.ts';
export { signDetached, signJws, verifyOwnJws } from './own-jws.ts';
export { refreshSigningKeys } from './refresh-signing-keys.ts';
export {
  apiResource,
  controlResource,
  decisionResource,
  modelResource,
  peerResource,
  resourceMetadataUrl,
  upstreamResource,
} from './resource-urls.ts';
export { type RotateSigningKeysInput, rotateSigningKeys } from './rotate-signing-keys.ts';
export { createSigningKeyRoutes, createTokenRoutes } from './routes.ts';
export { createTokenDoor } from './serve-token-request.ts';
export { openServerKey, sealServerKey } from './server-key.ts';
export { signAccessToken } from './sign-access-token.ts';
export type { PublishedJwk, SigningKey } from './signing-keys.ts';
export { confirmStatus } from './status/confirm-status.ts';
export { createStatusRoutes, createTokenControlRoutes } from './status/routes.ts';
export type { TokenBinding } from './token-binding.ts';
export type { PresentedCredentials, PresentedToken, TokenState } from './token-state.ts';
export { verifySignature } from './verify-signature.ts';
export { forgetAssertions } from './workloads/authenticate-workload.ts';
