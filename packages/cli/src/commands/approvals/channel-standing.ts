import type { ControlClient } from '../../control/control-client.ts';

export interface ChannelStanding {
  readonly name: string;
  readonly kind: string;
  readonly reach: 'person' | 'place';
  /** Cards that are to be shown and are not yet, and since when. */
  readonly owed: number;
  readonly owedSince: number | null;
  /** Cards that were given up, and why the last was. */
  readonly failed: number;
  readonly lastFailure: string | null;
}

export async function listStandings(api: ControlClient): Promise<readonly ChannelStanding[]> {
  return (await api.get<{ channels: readonly ChannelStanding[] }>('/v1/approvals/channels')).channels;
}
