import type { Column } from '../../output/printer.ts';

export interface PersonChannels {
  readonly personId: string;
  readonly channels: readonly {
    readonly name: string;
    readonly kind: string;
    readonly on: boolean;
    readonly isDefault: boolean;
    readonly address: string | null;
    readonly reachable: boolean;
  }[];
  readonly devices: readonly { readonly id: string; readonly device: string; readonly createdAt: number }[];
}

export const personChannelFields: readonly Column<PersonChannels['channels'][number]>[] = [
  ['CHANNEL', ({ name }) => name],
  ['KIND', ({ kind }) => kind],
  ['TOLD', ({ on, isDefault }) => `${on ? 'yes' : 'no'}${isDefault ? ' (by role)' : ''}`],
  ['ADDRESS', ({ address }) => address ?? ''],
  ['REACHED', ({ reachable }) => (reachable ? 'yes' : 'not yet')],
];
