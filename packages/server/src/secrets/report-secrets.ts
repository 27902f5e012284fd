import type { Context } from '../context.ts';
import { type FetchDocument, fetchDocument } from '../outbound/fetch-document.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { dropField } from '../plugins/secret-store/secret-name.ts';
import type { SecretEntry } from '../plugins/secret-store/secret-store.ts';
import { type LiveUpstream, listSecretNames, listUsedSecrets } from '../upstreams/index.ts';
import { type Alternative, findAlternatives } from './find-alternatives.ts';
import { type AgentName, findUsers } from './find-users.ts';
import { type SecretView, viewSecret } from './secret-view.ts';

export type CredentialClass = 'static' | 'leased' | 'minted' | 'per_user' | 'none';

/** What an upstream is authenticated to with, and what it could be instead. */
export interface UpstreamCredentialView {
  readonly upstream: string;
  readonly class: CredentialClass;
  readonly why: string;
  /** Every secret behind it, also those that only serve to get another. */
  readonly secrets: readonly ReportedSecret[];
  /** Agents with a delegation in force that reaches this upstream; the first of them by name. */
  readonly agents: readonly AgentName[];
  readonly agentCount: number;
  readonly alternatives: readonly Alternative[];
}

export interface ReportedSecret extends Pick<SecretView, 'name' | 'since' | 'maxAgeDays' | 'previousUntil'> {
  readonly state: SecretView['state'] | 'missing';
}

export interface SecretsReport {
  readonly upstreams: readonly UpstreamCredentialView[];
  readonly counts: Readonly<Record<CredentialClass, number>>;
}

const askedAtOnce = 8;
const mostAgents = 20;

/** Which upstreams still hang on a static secret, and why. Throws `secret.unavailable`. */
export async function reportSecrets(
  context: Context,
  actor: Actor,
  readDocument: FetchDocument = fetchDocument,
): Promise<SecretsReport> {
  requirePermission(actor, 'secrets.read');
  const entries = new Map((await context.secrets.list()).map((entry) => [entry.name, entry]));
  const users = await findUsers(context);
  const live = [...context.upstreams.list()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const upstreams: UpstreamCredentialView[] = [];
  for (let at = 0; at < live.length; at += askedAtOnce) {
    const some = live.slice(at, at + askedAtOnce).map(async (upstream) => {
      const agents = users(upstream.name);
      const judged = judge(upstream, entries);
      return {
        upstream: upstream.name,
        ...judged,
        secrets: listUsedSecrets(upstream.settings).map((name) => report(context, name, entries.get(name))),
        agents: agents.slice(0, mostAgents),
        agentCount: agents.length,
        alternatives: judged.class === 'static' ? await findAlternatives(upstream, readDocument) : [],
      };
    });
    upstreams.push(...(await Promise.all(some)));
  }
  const counts = { static: 0, leased: 0, minted: 0, per_user: 0, none: 0 };
  for (const one of upstreams) counts[one.class]++;
  return { upstreams, counts };
}

function report(context: Context, name: string, entry: SecretEntry | undefined): ReportedSecret {
  if (entry === undefined)
    return { name, since: null, maxAgeDays: null, previousUntil: null, state: 'missing' };
  const { since, maxAgeDays, previousUntil, state } = viewSecret(context, entry);
  return { name, since, maxAgeDays, previousUntil, state };
}

function judge(
  { settings }: Pick<LiveUpstream, 'settings'>,
  entries: ReadonlyMap<string, SecretEntry>,
): Pick<UpstreamCredentialView, 'class' | 'why'> {
  const injected = listSecretNames(settings).map(dropField);
  // One static secret among others is what a thief would take.
  const held = injected.find((name) => entries.get(name)?.kind !== 'leased');
  if (held !== undefined)
    return { class: 'static', why: `the stored secret ${held} is sent with every request` };
  const { credential } = settings;
  if (credential?.kind === 'oauth-user')
    return { class: 'per_user', why: 'each person connects their own account' };
  if (credential !== undefined) return { class: 'minted', why: `got for each task: ${credential.kind}` };
  if (injected.length > 0) return { class: 'leased', why: 'made by the store for a while' };
  return { class: 'none', why: 'nothing is sent' };
}
