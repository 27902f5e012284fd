import { approvalPage } from './requirements/approval-page.ts';
import { approvalRules } from './requirements/approval-rules.ts';
import { asking } from './requirements/asking.ts';
import { attention } from './requirements/attention.ts';
import { badInput } from './requirements/bad-input.ts';
import { behaviours } from './requirements/behaviours.ts';
import { bundles } from './requirements/bundles.ts';
import { cascades } from './requirements/cascades.ts';
import { causality } from './requirements/causality.ts';
import { chains } from './requirements/chains.ts';
import { channels } from './requirements/channels.ts';
import { consoleBehaviours } from './requirements/console.ts';
import { containmentBehaviours } from './requirements/containment.ts';
import { decisionApi } from './requirements/decision-api.ts';
import { defects } from './requirements/defects.ts';
import { drillBehaviours } from './requirements/drills.ts';
import { eventBehaviours } from './requirements/events.ts';
import { evidenceBehaviours } from './requirements/evidence.ts';
import { faults } from './requirements/faults.ts';
import { followingApprovals } from './requirements/following-approvals.ts';
import { grantBehaviours } from './requirements/grants.ts';
import { hooks } from './requirements/hooks.ts';
import { httpApis } from './requirements/http-apis.ts';
import { interactiveClients } from './requirements/interactive-clients.ts';
import { labelBehaviours } from './requirements/labels.ts';
import { models } from './requirements/models.ts';
import { obligations } from './requirements/obligations.ts';
import { olderClients } from './requirements/older-clients.ts';
import { organisations } from './requirements/organisations.ts';
import { pathAttacks } from './requirements/path-attacks.ts';
import { peers } from './requirements/peers.ts';
import { plans } from './requirements/plans.ts';
import { policyBehaviours } from './requirements/policies.ts';
import { privacy } from './requirements/privacy.ts';
import { provisioning } from './requirements/provisioning.ts';
import { reading } from './requirements/reading.ts';
import { receipts } from './requirements/receipts.ts';
import { replicaBehaviours } from './requirements/replicas.ts';
import type { Requirement } from './requirements/requirement.ts';
import { reviewBehaviours } from './requirements/reviews.ts';
import { searchBehaviours } from './requirements/search.ts';
import { secretBehaviours } from './requirements/secrets.ts';
import { signIn } from './requirements/sign-in.ts';
import { sinkBehaviours } from './requirements/sinks.ts';
import { telemetry } from './requirements/telemetry.ts';
import { tokenStatus } from './requirements/token-status.ts';
import { transparency } from './requirements/transparency.ts';
import { upstreamAuthority } from './requirements/upstream-authority.ts';

/** Every promised behaviour. Its proof is a test file that cites the id; a promise without one fails the checks. */
export const requirements: readonly Requirement[] = [
  ...organisations,
  ...pathAttacks,
  ...chains,
  ...channels,
  ...badInput,
  ...behaviours,
  ...bundles,
  ...consoleBehaviours,
  ...approvalPage,
  ...approvalRules,
  ...asking,
  ...attention,
  ...decisionApi,
  ...eventBehaviours,
  ...evidenceBehaviours,
  ...faults,
  ...replicaBehaviours,
  ...followingApprovals,
  ...grantBehaviours,
  ...hooks,
  ...httpApis,
  ...models,
  ...interactiveClients,
  ...cascades,
  ...causality,
  ...privacy,
  ...labelBehaviours,
  ...telemetry,
  ...obligations,
  ...olderClients,
  ...defects,
  ...tokenStatus,
  ...upstreamAuthority,
  ...searchBehaviours,
  ...secretBehaviours,
  ...policyBehaviours,
  ...provisioning,
  ...drillBehaviours,
  ...reviewBehaviours,
  ...peers,
  ...plans,
  ...signIn,
  ...reading,
  ...receipts,
  ...sinkBehaviours,
  ...containmentBehaviours,
  ...transparency,
];
