import { AppError } from '@countersign/api';
import { requireAgent } from '../authenticate-client.ts';
import { readTarget } from '../read-target.ts';
import { resolveGrant } from '../resolve-grant.ts';
import type { Grant } from '../token-grant.ts';

/** RFC 6749 §4.4: an agent asks for itself, a control token or the token of one of its tasks. */
export const clientCredentialsGrant: Grant = {
  type: 'client_credentials',
  clients: 'agents',
  async grant(context, { client, parameters }) {
    const target = readTarget(parameters, context.tokens.issuer);
    const scope = parameters.take('scope');
    if (scope !== undefined && !(target.kind === 'control' && scope === 'tasks'))
      throw new AppError('token.scope_invalid');
    return resolveGrant(context, requireAgent(client), target);
  },
};
