/**
 * The server in parts, for a program that puts them together otherwise than `startServer` does. The benches do: they
 * seed through the verbs and put a constant permit where the policies decide; tests make databases. No promise to others is made here.
 */
export { observeSteps } from './actions/index.ts';
export { parseAgentKey, registerAgent } from './agents/index.ts';
export { type BuildParts, buildContext, buildHandle } from './build.ts';
export { completeConfig, configSchema } from './config/index.ts';
export type { Context } from './context.ts';
export { createDelegation } from './delegations/index.ts';
export { renderForm, type SignedEvidence } from './exposure/index.ts';
export { explainRecord, readTreeOnce, searchLedger } from './ledger/index.ts';
export { createLog } from './platform/create-log.ts';
export { createPlatform } from './platform/platform.ts';
export { openStore } from './plugins/catalog.ts';
export type { Transaction } from './plugins/database/database.ts';
export { createTestDatabase } from './plugins/database/postgres/create-test-database.ts';
export { createMemoryKeyring, drawRoots } from './plugins/database/sealing/keyring.ts';
export { activateBundle } from './policies/index.ts';
export { openTask } from './tasks/index.ts';
export { signAccessToken, upstreamResource, verifySignature } from './tokens/index.ts';
export { addUpstream, classifyTool } from './upstreams/index.ts';
