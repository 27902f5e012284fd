import type { AuthorityTables } from './tables/authority-tables.ts';
import type { BackchannelTables } from './tables/backchannel-tables.ts';
import type { ChannelTables } from './tables/channel-tables.ts';
import type { ClientTables } from './tables/client-tables.ts';
import type { DecisionTables } from './tables/decision-tables.ts';
import type { EnforcementTables } from './tables/enforcement-tables.ts';
import type { ExposureTables } from './tables/exposure-tables.ts';
import type { GrantTables } from './tables/grant-tables.ts';
import type { LedgerTables } from './tables/ledger-tables.ts';
import type { OrganisationTables } from './tables/organisation-tables.ts';
import type { PeopleTables } from './tables/people-tables.ts';
import type { ProvisioningTables } from './tables/provisioning-tables.ts';
import type { ReviewTables } from './tables/review-tables.ts';
import type { RoutingTables } from './tables/routing-tables.ts';
import type { SignalTables } from './tables/signal-tables.ts';
import type { TokenTables } from './tables/token-tables.ts';
import type { UpstreamTables } from './tables/upstream-tables.ts';

export type { TaskFactKind } from './tables/authority-tables.ts';
export type { ApprovalKind } from './tables/decision-tables.ts';

/** Every table, a file for each part of the product that keeps some. Migrations make them. */
export interface Schema
  extends BackchannelTables,
    PeopleTables,
    RoutingTables,
    ProvisioningTables,
    SignalTables,
    AuthorityTables,
    TokenTables,
    ClientTables,
    ChannelTables,
    UpstreamTables,
    DecisionTables,
    EnforcementTables,
    ExposureTables,
    ReviewTables,
    GrantTables,
    OrganisationTables,
    LedgerTables {}
