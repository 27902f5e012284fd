import { migration0001 } from './0001-path.ts';
import { migration0002 } from './0002-chains.ts';
import { migration0003 } from './0003-upstream-authority.ts';
import { migration0004 } from './0004-secret-ages.ts';
import { migration0005 } from './0005-clients.ts';
import { migration0006 } from './0006-backchannel.ts';
import { migration0007 } from './0007-token-status.ts';
import { migration0008 } from './0008-workloads.ts';
import { migration0009 } from './0009-policy-life.ts';
import { migration0010 } from './0010-requests.ts';
import { migration0011 } from './0011-limit-counters.ts';
import { migration0012 } from './0012-http-apis.ts';
import { migration0013 } from './0013-enforcement-points.ts';
import { migration0014 } from './0014-policy-trust.ts';
import { migration0016 } from './0016-term-pages.ts';
import { migration0017 } from './0017-tool-labels.ts';
import { migration0018 } from './0018-task-grants.ts';
import { migration0019 } from './0019-sequences.ts';
import { migration0020 } from './0020-tool-findings.ts';
import { migration0021 } from './0021-hook-sessions.ts';
import { migration0022 } from './0022-drills.ts';
import { migration0023 } from './0023-directory-groups.ts';
import { migration0024 } from './0024-sign-in.ts';
import { migration0025 } from './0025-provisioning.ts';
import { migration0026 } from './0026-signals.ts';
import { migration0027 } from './0027-approval-routing.ts';
import { migration0028 } from './0028-approval-page.ts';
import { migration0029 } from './0029-grants.ts';
import { migration0030 } from './0030-channels.ts';
import { migration0031 } from './0031-receipts.ts';
import { migration0032 } from './0032-reviews.ts';
import { migration0033 } from './0033-attention.ts';
import { migration0034 } from './0034-signal-sources.ts';
import { migration0035 } from './0035-checks.ts';
import { migration0036 } from './0036-review-policies.ts';
import { migration0037 } from './0037-sealed-payloads.ts';
import { migration0038 } from './0038-agent-models.ts';
import { migration0040 } from './0040-witnesses.ts';
import { migration0041 } from './0041-sinks.ts';
import { migration0042 } from './0042-told-pieces.ts';
import { migration0043 } from './0043-search.ts';
import { migration0044 } from './0044-evidence-reports.ts';
import { migration0046 } from './0046-audit-access.ts';
import { migration0047 } from './0047-waiting-copies.ts';
import { migration0048 } from './0048-agent-model-tools.ts';
import { migration0050 } from './0050-erasure-requests.ts';
import { migration0051 } from './0051-audit-proposals.ts';
import { migration0052 } from './0052-refused-asks.ts';
import { migration0053 } from './0053-older-values.ts';
import { migration0055 } from './0055-peer-tasks.ts';
import { migration0056 } from './0056-organisations.ts';
import { migration0057 } from './0057-ledger-streams.ts';
import { migration0058 } from './0058-task-leases.ts';
import { migration0059 } from './0059-slices.ts';
import { migration0062 } from './0062-peer-tasks-by-agent.ts';
import { migration0066 } from './0066-turns.ts';
import { migration0067 } from './0067-known-erasures.ts';
import { migration0068 } from './0068-gateways.ts';
import { migration0069 } from './0069-acknowledgements.ts';
import { migration0070 } from './0070-stream-witnesses.ts';

export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
  /** Why gateways of the release before cannot go on beside it. It waits until all of them have ended. */
  readonly waits?: string;
}

/** Applied in order, each in one transaction, and never edited after a release. */
export const migrations: readonly Migration[] = [
  migration0001,
  migration0002,
  migration0003,
  migration0004,
  migration0005,
  migration0006,
  migration0007,
  migration0008,
  migration0009,
  migration0010,
  migration0011,
  migration0012,
  migration0013,
  migration0014,
  migration0016,
  migration0017,
  migration0018,
  migration0019,
  migration0020,
  migration0021,
  migration0022,
  migration0023,
  migration0024,
  migration0025,
  migration0026,
  migration0027,
  migration0028,
  migration0029,
  migration0030,
  migration0031,
  migration0032,
  migration0033,
  migration0034,
  migration0035,
  migration0036,
  migration0037,
  migration0038,
  migration0040,
  migration0041,
  migration0042,
  migration0043,
  migration0044,
  migration0046,
  migration0047,
  migration0048,
  migration0050,
  migration0051,
  migration0052,
  migration0053,
  migration0055,
  migration0056,
  migration0057,
  migration0058,
  migration0059,
  migration0062,
  migration0066,
  migration0067,
  migration0068,
  migration0069,
  migration0070,
];
