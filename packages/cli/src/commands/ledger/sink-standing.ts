import type { ControlClient } from '../../control/control-client.ts';

export interface SinkStanding {
  readonly name: string;
  readonly kind: string;
  /** `seq` of the first record it has not got. */
  readonly next: number;
  readonly behind: number;
  readonly behindSeconds: number;
  readonly delivered: number;
  readonly deliveredAt: number | null;
  readonly failingSince: number | null;
  readonly attempts: number;
  readonly nextAt: number | null;
  readonly lastError: string | null;
  /** Records that it refused. */
  readonly setAside: number;
}

export async function listSinks(api: ControlClient): Promise<readonly SinkStanding[]> {
  return (await api.get<{ sinks: readonly SinkStanding[] }>('/v1/ledger/sinks')).sinks;
}
