import type { Context } from '../../context.ts';
import type { Person } from '../../people/index.ts';
import type { ApprovalChannel } from '../../plugins/approval-channel/approval-channel.ts';
import type { Listener } from './find-audience.ts';
import { findChannelConfig, readPreferences } from './preferences/index.ts';

export interface Target {
  readonly channel: ApprovalChannel;
  /** Empty where the channel is a place. */
  readonly personId: string;
  /** Epoch milliseconds before which it stays quiet; null when it is told at once. */
  readonly after: number | null;
}

type Finding = Pick<Context, 'config' | 'notices' | 'store'>;

/** Where these people are told: in their inbox, and on the channels that they or their roles chose and that can reach them. */
export async function findTargets(
  context: Finding,
  listeners: readonly Listener[],
  reach: 'inbox' | 'all' = 'all',
): Promise<readonly Target[]> {
  if (listeners.length === 0) return [];
  const channels = [...context.notices.channels.values()].filter(
    (channel) => channel.reach === 'person' && (reach === 'all' || channel.kind === 'inbox'),
  );
  const ids = listeners.map(({ person }) => person.id);
  const stated = await readPreferences(context, ids);
  const withDevice = await findPeopleWithDevice(context, ids);
  return listeners.flatMap(({ person, quietUntil }) =>
    channels
      .filter((channel) => {
        if (channel.kind === 'inbox') return true;
        const config = findChannelConfig(context, channel.name);
        if (config === undefined || config.kind === 'webhook') return false;
        const own = stated.find((one) => one.personId === person.id && one.channel === channel.name);
        if (!isChannelOn(context, channel, person, own)) return false;
        if (channel.kind === 'web-push') return withDevice.has(person.id);
        return findAddress(context, channel, person, own) !== undefined;
      })
      .map((channel) => ({
        channel,
        personId: person.id,
        after: channel.kind === 'inbox' ? null : quietUntil,
      })),
  );
}

/** What the person said, or else what their roles get; the inbox is always on. */
export function isChannelOn(
  context: Pick<Context, 'config'>,
  { kind, name }: Pick<ApprovalChannel, 'kind' | 'name'>,
  person: Pick<Person, 'roles'>,
  own: { readonly isOn: boolean } | undefined,
): boolean {
  if (kind === 'inbox') return true;
  const config = findChannelConfig(context, name);
  const roles = config === undefined || config.kind === 'webhook' ? [] : config.roles;
  return own?.isOn ?? roles.some((role) => person.roles.includes(role));
}

/** The address that the person proved to be theirs, or that of the account where the configuration takes it as proven. */
export function findAddress(
  context: Pick<Context, 'config'>,
  channel: ApprovalChannel,
  person: Pick<Person, 'email'>,
  own: { readonly address: string | null; readonly verifiedAt: number | null } | undefined,
): string | undefined {
  if (own !== undefined && own.address !== null && own.verifiedAt !== null)
    return channel.readAddress(own.address);
  const config = findChannelConfig(context, channel.name);
  const isTaken = config?.kind === 'mail' && config.accountAddresses && person.email !== null;
  return isTaken ? channel.readAddress(person.email ?? '') : undefined;
}

async function findPeopleWithDevice(
  context: Finding,
  personIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await context.store.sql
    .selectFrom('push_subscriptions')
    .select('person_id')
    .distinct()
    .where('person_id', 'in', personIds)
    .execute();
  return new Set(rows.map((row) => row.person_id));
}
