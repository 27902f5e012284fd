import type { LedgerRecord } from '@countersign/api';
import type { Config } from '../../../config/index.ts';
import type { Context } from '../../../context.ts';
import type { FetchDocument } from '../../../outbound/fetch-document.ts';
import type { MasterKey } from '../../../platform/master-key.ts';
import type { SecretStore } from '../../../plugins/secret-store/secret-store.ts';
import type { PolicyState } from '../../../policies/index.ts';
import type { UpstreamDirectory } from '../../../upstreams/index.ts';

/** What stands in a drill's world in the place of all that is real. */
export interface Substitutes {
  readonly masterKey: MasterKey;
  readonly secrets: SecretStore;
  readonly connect: UpstreamDirectory['connect'];
  /** The real ones, as they are at each decision: what is drilled. */
  readonly policies: PolicyState;
}

export interface WorldParts {
  /** With a data folder of its own, and without anything declared. */
  readonly config: Config;
  readonly log: Context['log'];
  readonly instead: Substitutes;
  readonly fetchDocument: FetchDocument;
}

/**
 * A server in miniature, for one drill: its own store, keys, agents, upstreams, stops, budgets and counters, and nothing
 * of the house's but the policies. What happens in it can reach, spend and stop nothing outside, because it holds
 * nothing of the outside; and a token made in it is worth nothing at the real gateway, which has never seen its key.
 */
export interface DrillWorld {
  readonly context: Context;
  /** Everything recorded in it since the last call, in order, durable there. */
  takeRecords(): Promise<readonly LedgerRecord[]>;
  /** Ends it and removes all it kept. */
  close(): Promise<void>;
}

export interface DrillState {
  buildWorld(parts: WorldParts): Promise<Context>;
  /** False while other work runs, and once the server stops. */
  readonly isFree: boolean;
  /** Runs the work alone; `ending` aborts when the server stops. Throws `exposure.drills_running` while other work runs. */
  alone<T>(work: (ending: AbortSignal) => Promise<T>): Promise<T>;
  /** Breaks off what runs, and waits for it to have tidied up. */
  close(): Promise<void>;
}
