import { requireAgent } from '../authenticate-client.ts';
import type { Grant } from '../token-grant.ts';
import { jwtBearerGrantType } from '../workloads/read-workload-assertion.ts';
import { grantForAgent } from './client-credentials.ts';

/**
 * RFC 7523 §2.1 with the assertion of a workload, as MCP's workload identity federation asks: the assertion says who the
 * agent is and is its authentication as well, so `authenticateClient` has checked it.
 */
export const jwtBearerGrant: Grant = {
  type: jwtBearerGrantType,
  clients: 'agents',
  grant: (context, { client, parameters }) => grantForAgent(context, requireAgent(client), parameters),
};
