import type { Logger } from 'pino';
import type { UnauthenticatedCounter } from './actions/count-unauthenticated.ts';
import type { AgentState } from './agents/agent-state.ts';
import type { ApprovalState } from './approvals/approval-state.ts';
import type { Config } from './config/config.ts';
import type { MasterKey } from './platform/master-key.ts';
import type { Platform } from './platform/platform.ts';
import type { Store } from './plugins/database/database.ts';
import type { SecretStore } from './plugins/secret-store/secret-store.ts';
import type { PolicyState } from './policies/policy-state.ts';
import type { Stops } from './signals/stops.ts';
import type { TaskLeases } from './tasks/leased-task.ts';
import type { TokenState } from './tokens/token-state.ts';
import type { UpstreamDirectory } from './upstreams/live-upstream.ts';

/** Everything a verb or a step may use; put together in `build.ts` alone. */
export interface Context {
  readonly config: Config;
  readonly platform: Platform;
  readonly log: Logger;
  readonly masterKey: MasterKey;
  readonly store: Store;
  readonly secrets: SecretStore;
  readonly agents: AgentState;
  readonly tasks: TaskLeases;
  readonly stops: Stops;
  readonly tokens: TokenState;
  readonly upstreams: UpstreamDirectory;
  readonly policies: PolicyState;
  readonly approvals: ApprovalState;
  readonly unauthenticated: UnauthenticatedCounter;
}
