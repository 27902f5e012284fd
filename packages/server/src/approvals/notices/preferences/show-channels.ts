import type { Context } from '../../../context.ts';
import { type Actor, getPerson } from '../../../people/index.ts';
import { type Device, listDevices } from '../devices/index.ts';
import { findAddress, isChannelOn } from '../find-targets.ts';
import { readPreferences } from './read-preferences.ts';
import { requireSelfOr } from './require-self-or.ts';

export interface PersonChannel {
  readonly name: string;
  readonly kind: string;
  /** Whether the person is told here, were it to reach them. */
  readonly on: boolean;
  /** Nothing was said: it is what their roles get. */
  readonly isDefault: boolean;
  readonly address: string | null;
  /** Whether cards go out: proven, or nothing to prove. */
  readonly reachable: boolean;
}

export interface PersonChannels {
  readonly personId: string;
  readonly channels: readonly PersonChannel[];
  readonly devices: readonly Device[];
}

/** Where a person is told. Throws `person.not_found`, `person.forbidden`. */
export async function showChannels(
  context: Pick<Context, 'config' | 'notices' | 'store'>,
  actor: Actor,
  personId: string,
): Promise<PersonChannels> {
  requireSelfOr(actor, personId, 'people.read');
  const person = await getPerson(context.store, personId);
  const stated = await readPreferences(context, [personId]);
  const devices = await listDevices(context.store.sql, personId);
  const personal = [...context.notices.channels.values()].filter(({ reach }) => reach === 'person');
  const channels = personal.map((channel): PersonChannel => {
    const { name, kind } = channel;
    if (kind === 'inbox') return { name, kind, on: true, isDefault: true, address: null, reachable: true };
    const own = stated.find((one) => one.channel === name);
    const proven = findAddress(context, channel, person, own);
    return {
      ...{ name, kind, on: isChannelOn(context, channel, person, own) },
      isDefault: own === undefined,
      address: own?.address ?? proven ?? null,
      reachable: channel.addresses === 'none' ? devices.length > 0 : proven !== undefined,
    };
  });
  return { personId, channels, devices };
}
