import type { Logger } from 'pino';
import type { UnauthenticatedCounter } from './actions/index.ts';
import type { AgentState } from './agents/index.ts';
import type { ApprovalState, NoticeState, ReceiptKeys } from './approvals/index.ts';
import type { Config } from './config/index.ts';
import type { DrillState, EvidenceState } from './exposure/index.ts';
import type { ToldCounter } from './gateway/otlp/index.ts';
import type { HouseJobs } from './jobs/index.ts';
import type { SinkState } from './ledger/index.ts';
import type { OrganisationState } from './organisations/index.ts';
import type { MasterKey } from './platform/master-key.ts';
import type { Platform } from './platform/platform.ts';
import type { Store } from './plugins/database/database.ts';
import type { SecretStore } from './plugins/secret-store/secret-store.ts';
import type { WorkloadAttestor } from './plugins/workload-attestor/workload-attestor.ts';
import type { LimitCounters, PolicyState } from './policies/index.ts';
import type { SecretAges } from './secrets/index.ts';
import type { EventKeys, ModelUses, RiskState, Stops, Transmitters } from './signals/index.ts';
import type { Asks, Cascades, TaskLeases } from './tasks/index.ts';
import type { TokenState } from './tokens/index.ts';
import type { UpstreamCredentials, UpstreamDirectory } from './upstreams/index.ts';

/** Everything a verb or a step may use; put together in `build.ts` alone. */
export interface Context {
  readonly config: Config;
  readonly platform: Platform;
  readonly log: Logger;
  readonly masterKey: MasterKey;
  readonly store: Store;
  /** Which of the gateways of the database does what must be done once. */
  readonly jobs: HouseJobs;
  readonly secrets: SecretStore;
  readonly secretAges: SecretAges;
  readonly agents: AgentState;
  readonly tasks: TaskLeases;
  /** Asks other gateways for what they have. */
  readonly asks: Asks;
  /** What holds up work that feeds on itself. */
  readonly cascades: Cascades;
  readonly stops: Stops;
  /** What signs security events. */
  readonly events: EventKeys;
  /** Who may tell of people and sessions. */
  readonly transmitters: Transmitters;
  /** Of people, as events and administrators say. */
  readonly risk: RiskState;
  /** Other trust domains, and who speaks for them. */
  readonly organisations: OrganisationState;
  /** Which models agents have. */
  readonly modelUses: ModelUses;
  readonly tokens: TokenState;
  /** The platforms trusted to say which workload an agent is. */
  readonly workloads: readonly WorkloadAttestor[];
  readonly upstreams: UpstreamDirectory;
  readonly credentials: UpstreamCredentials;
  readonly policies: PolicyState;
  /** What the limits of policies have counted. */
  readonly counters: LimitCounters;
  readonly approvals: ApprovalState;
  /** What signs receipts of decisions. */
  readonly receipts: ReceiptKeys;
  /** Where people are told of approvals and of what concerns them. */
  readonly notices: NoticeState;
  /** Where evidence goes beyond the store. */
  readonly sinks: SinkState;
  readonly unauthenticated: UnauthenticatedCounter;
  /** What telemetry told in vain. */
  readonly told: ToldCounter;
  /** Where drills are played, and which one is. */
  readonly drills: DrillState;
  /** Whether a report of framework evidence is being made. */
  readonly evidence: EvidenceState;
}
