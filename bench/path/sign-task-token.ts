import { type Context, signAccessToken } from '@countersign/server/parts';
import type { EnrolledAgent } from './enrol-agents.ts';

/** The token that the token endpoint would issue for the agent's task. */
export function signTaskToken(
  context: Context,
  agent: EnrolledAgent,
  audience: string,
  x5t?: string,
): Promise<string> {
  const iat = Math.floor(context.platform.now() / 1000);
  return signAccessToken(context.tokens.signingKeys.current(), {
    iss: context.tokens.issuer,
    sub: agent.id,
    client_id: agent.id,
    agent: agent.id,
    aud: [audience],
    iat,
    exp: iat + context.config.tokens.lifetimeSeconds,
    jti: context.platform.newId('tok'),
    cnf: x5t === undefined ? { jkt: agent.key } : { 'x5t#S256': x5t },
    task: agent.taskId,
    owner: agent.ownerId,
    chain: [agent.delegationId],
    client_jkt: agent.key,
    authorization_details: [{ type: 'agent_task', task: agent.taskId }],
  });
}
