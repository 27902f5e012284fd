/** Whose erasure it is. A record and an action are erased as a task is. */
export type Erasable = 'task' | 'person';

/** What stays in the columns of these tables, or in these columns alone, and why. */
interface Kept {
  readonly why: string;
  /** After whose erasure it stays; after both when it is not said. */
  readonly after?: Erasable;
  readonly names: readonly string[];
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/**
 * Every text that an erasure leaves in a row that is about the erased. A column that is not here is blanked, which a test over
 * the whole schema holds; docs/privacy.md says the same for readers.
 */
export const keptColumns: readonly Kept[] = [
  {
    why: 'configuration: what people who administer set up for everybody, and not what anybody said or did under it',
    names:
      words(`agent_cards agent_keys agent_places agent_workloads agents approval_rotas backchannel_endpoints channel_keys clients
      drill_schedules enforcement_points introspection_clients organisation_changes organisations policy_bundles policy_mode_changes policy_modes review_schedules
      scim_groups scim_regroupings scim_tokens secret_ages secret_generations server_keys signal_receivers signal_streams
      tools upstream_connections upstreams`),
  },
  {
    why: 'numbers, ids and names of tools, to which later work is held',
    names: words(
      `agent_days agent_use budget_slices budgets delegation_use ledger_seats limit_counters limit_slices task_facts task_leases task_pauses use_progress hook_sessions`,
    ),
  },
  {
    why: 'authority that was given and how it was used: ids, limits, addresses of clients, and a purpose in the words of the giver, which tasks under it still show',
    names: words(
      `approval_grants client_consents delegations leavings organisation_tasks.issuer organisation_tasks.status_uri token_families token_revocations`,
    ),
  },
  {
    why: 'ids of who was put before what and who has to look at what',
    names: words(
      `approval_asks approval_check_plans approval_receipts.list organisation_vouched scim_members`,
    ),
  },
  {
    why: 'digests of random secrets, or keyed ones: nothing can be tried against them; all run out',
    names: words(
      `authorization_codes logout_tokens organisation_assertions pushed_requests refresh_tokens told_pieces upstream_authorizations
      used_once workload_assertions`,
    ),
  },
  {
    why: 'the reviewers\u2019 own words on what they decide: evidence against themselves, which nobody may take away',
    names: words(`audit_accesses audit_proposals drill_runs evidence_reports review_items reviews stops`),
  },
  {
    why: 'tells that an agent\u2019s model, system prompt or tools changed; the system prompt is the agent\u2019s, not a person\u2019s',
    names: ['agent_models'],
  },
  {
    why: 'the digest that votes and receipts are bound to, over 128 bits drawn by lot that are gone with the text',
    names: ['approvals.action_digest', 'approval_glass.digest'],
  },
  {
    why: 'the policy that asked, the tool, and why there was a check: names, not what was said',
    names: words(
      'approvals.requirement approvals.upstream approvals.tool approvals.drill approvals.check_of tasks.limits tasks.end_reason task_declassifications.label',
    ),
  },
  {
    why: 'who proved it: a signature over a digest, and the key it is verified with',
    after: 'task',
    names: words('approval_votes.evidence approval_glass.review_evidence approval_duties'),
  },
  {
    why: 'which peer was asked with which tool, what it calls the task and the talk, and what is owed on its answers',
    names: words(
      'peer_tasks.upstream peer_tasks.tool peer_tasks.context peer_tasks.remote peer_tasks.remote_context peer_tasks.owed',
    ),
  },
  {
    why: 'names of channels and what others call a message there, to take it back',
    names: words('channel_cards.channel channel_cards.news channel_cards.handle'),
  },
  {
    why: 'where it came from and how it ended: names of directories and transmitters, words of the product, ids and digests of random secrets',
    after: 'person',
    names:
      words(`agent_handovers.outcomes agent_handovers.proposed_by approval_duties.names person_risks.level person_risks.source
      recoveries.confirmed_by recoveries.opened_by recoveries.token_digest scim_users.directory signals_received.event
      signals_received.subject_part signals_received.transmitter`),
  },
  {
    why: 'which gateway does what: nothing of what anybody said',
    names: ['gateway_turns'],
  },
  {
    why: 'one word of a few that the product chooses between',
    names: words('approval_glass.finding'),
  },
  {
    why: 'ids of people, who are erased by their own ids',
    names: words('task_declassifications.proposed_by task_declassifications.signed_by'),
  },
  {
    why: 'whom the agent asked, how it proves who it is, and digests of random secrets',
    names: words('backchannel_asks.proof_key backchannel_asks.secret_digest backchannel_asks.upstreams'),
  },
  {
    why: 'nothing is erased while it waits here (requireDelivered): the row of the test waits for another record',
    names: ['signal_queue'],
  },
  {
    why: 'of people, whom the erasure of a task does not name',
    after: 'task',
    names:
      words(`agent_handovers consent_requests ledger_queries passkeys people person_channels person_identities person_invites
      person_risks push_subscriptions quiet_hours recoveries scim_users sessions signal_subjects signals_received`),
  },
];

const idColumn = /^(?:id|jti|record|.*_id|.*_record|state|kind|outcome)$/;

/** Whether an erasure leaves what this column says: an id or a state, or kept for a reason. */
export function isKeptColumn(erased: Erasable, table: string, name: string): boolean {
  if (idColumn.test(name)) return true;
  return keptColumns
    .filter(({ after = erased }) => after === erased)
    .some(({ names }) => names.includes(table) || names.includes(`${table}.${name}`));
}
