/** What an agent passes on of what it holds itself. */
export interface PassOnInput {
  /** The id of the agent that is to help, `agt_…`. */
  readonly to: string;
  readonly purpose: string;
  /** The delegation it is a part of; or the task, within whose limits it lies and with which it ends. Exactly one. */
  readonly delegationId?: string;
  readonly taskId?: string;
  /** What the other may have less of; what is left out stays as this agent holds it. `depth` is 0 unless it says more. */
  readonly limits?: Readonly<Record<string, unknown>>;
}

/** A delegation that this agent made. */
export interface DelegationFacts {
  /** `dlg_…` */
  readonly id: string;
  readonly agentId: string;
  readonly parentId: string | null;
  readonly taskId: string | null;
  readonly purpose: string;
  readonly limits: Readonly<Record<string, unknown>>;
  /** The limits in sentences. */
  readonly description: readonly string[];
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** The body of `POST /v1/delegations`. */
export function describePassOn({ to, purpose, delegationId, taskId, limits }: PassOnInput): object {
  return {
    agentId: to,
    purpose,
    ...(delegationId === undefined ? {} : { parentId: delegationId }),
    ...(taskId === undefined ? {} : { taskId }),
    ...(limits === undefined ? {} : { limits }),
  };
}
