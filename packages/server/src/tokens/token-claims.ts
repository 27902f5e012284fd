import { isId, type JsonObject, type JsonValue } from '@countersign/core';

/** What our access tokens say (RFC 9068, RFC 9449 §6, RFC 9396 §9.1); times are epoch seconds. */
export interface TokenClaims {
  readonly iss: string;
  /** The agent. */
  readonly sub: string;
  readonly client_id: string;
  readonly aud: readonly string[];
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  readonly cnf: { readonly jkt: string };
  /** Only in control tokens. */
  readonly scope?: string;
  /** Absent in control tokens. */
  readonly task?: string;
  /** The person accountable for the agent. */
  readonly owner: string;
  /** Delegation ids from root to agent. */
  readonly chain: readonly string[];
  /** Thumbprint of the registered key that authenticated the client. */
  readonly client_jkt: string;
  /** RFC 8693 §4.1, of a token that one agent got through another. */
  readonly act?: { readonly sub: string; readonly iss: string; readonly sub_profile: 'ai_agent' };
  readonly authorization_details?: readonly AgentTaskDetails[];
}

export interface AgentTaskDetails {
  readonly type: 'agent_task';
  readonly task: string;
}

/** Undefined unless the payload, whose signature was verified, has the shape this server issues. */
export function readTokenClaims(payload: JsonObject): TokenClaims | undefined {
  const { iss, sub, client_id, aud, iat, exp, jti, cnf, scope, task, owner, chain, client_jkt } = payload;
  if (!isText(iss) || !isId('agt', sub) || client_id !== sub || !isId('tok', jti) || !isId('per', owner))
    return undefined;
  if (!isListOfText(aud) || aud.length === 0 || !isListOfText(chain) || !isText(client_jkt)) return undefined;
  if (!Number.isInteger(iat) || !Number.isInteger(exp)) return undefined;
  const jkt =
    typeof cnf === 'object' && cnf !== null && !Array.isArray(cnf) ? (cnf as JsonObject).jkt : undefined;
  if (!isText(jkt)) return undefined;
  if (task !== undefined && !isId('tsk', task)) return undefined;
  if (scope !== undefined && !isText(scope)) return undefined;
  return {
    ...{
      iss,
      sub,
      client_id,
      aud,
      iat: Number(iat),
      exp: Number(exp),
      jti,
      cnf: { jkt },
      owner,
      chain,
      client_jkt,
    },
    ...(scope === undefined ? {} : { scope }),
    ...(task === undefined ? {} : { task }),
  };
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value.length > 0;
}

function isListOfText(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}
