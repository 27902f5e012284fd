import { isId, isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import type { TokenBinding } from './token-binding.ts';

/** What our access tokens say (RFC 9068, RFC 9449 §6, RFC 9396 §9.1); times are epoch seconds. */
export interface TokenClaims {
  readonly iss: string;
  /** Whose authority it is: the agent itself, the subject it acts for, or the person who consented. */
  readonly sub: string;
  /** The agent's id, or the identifier of the interactive client the agent is used through. */
  readonly client_id: string;
  /** The agent that uses the token. */
  readonly agent: string;
  readonly aud: readonly string[];
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  /** Absent in a bearer token. */
  readonly cnf?: Confirmation;
  /** Only in control tokens. */
  readonly scope?: string;
  /** Absent in control tokens. */
  readonly task?: string;
  /** The digest of the only call it is good for. */
  readonly call?: string;
  /** The person accountable for the agent. */
  readonly owner: string;
  /** Delegation ids from root to agent. */
  readonly chain: readonly string[];
  /** Thumbprint of the registered key that authenticated the client. */
  readonly client_jkt?: string;
  /** The workload identity that authenticated the client. */
  readonly workload?: string;
  /** RFC 8693 §4.1: who acts for `sub`, of a token that one agent got through another. */
  readonly act?: Actor;
  /** RFC 8693 §4.4: the only agent that may exchange it. */
  readonly may_act?: { readonly sub: string };
  /** Token Status List: where its status stands. */
  readonly status?: { readonly status_list: StatusReference };
  readonly authorization_details?: readonly AuthorizationDetails[];
}

export interface StatusReference {
  readonly idx: number;
  readonly uri: string;
}

/** RFC 7800: exactly one of them. */
export type Confirmation = { readonly jkt: string } | { readonly 'x5t#S256': string };

/** An actor in the shape of the OAuth actor profile; earlier actors are nested and say only how it came about. */
export interface Actor {
  readonly sub: string;
  readonly iss: string;
  readonly sub_profile: 'ai_agent';
  readonly act?: Actor;
}

/** RFC 9396 §2, of a type this server defines. */
export interface AuthorizationDetails {
  readonly type: string;
  readonly [member: string]: JsonValue;
}

export function bindingClaim(binding: TokenBinding): { readonly cnf?: Confirmation } {
  switch (binding.kind) {
    case 'dpop':
      return { cnf: { jkt: binding.jkt } };
    case 'mtls':
      return { cnf: { 'x5t#S256': binding.x5t } };
    case 'hook':
      throw new TypeError('no token is issued for a hook');
    case 'none':
      return {};
  }
}

/** What a verified token is bound to. A token without `cnf` is a bearer token; what has another one is bound to nothing we know. */
export function readBinding(cnf: Confirmation | undefined): TokenBinding {
  if (cnf === undefined) return { kind: 'none' };
  return 'jkt' in cnf ? { kind: 'dpop', jkt: cnf.jkt } : { kind: 'mtls', x5t: cnf['x5t#S256'] };
}

/** Undefined unless the payload, whose signature was verified, has the shape this server issues. */
export function readTokenClaims(payload: JsonObject): TokenClaims | undefined {
  const { iss, sub, client_id, agent, aud, iat, exp, jti, scope, task, call, owner, chain } = payload;
  const { client_jkt, workload, cnf } = payload;
  if (!isText(iss) || !isText(sub) || !isText(client_id)) return undefined;
  // An agent that is its own client is no other agent's.
  if (client_id.startsWith('agt_') && client_id !== agent) return undefined;
  if (!isId('agt', agent) || !isId('tok', jti) || !isId('per', owner)) return undefined;
  if (!isListOfText(aud) || aud.length === 0 || !isListOfText(chain)) return undefined;
  if (!Number.isInteger(iat) || !Number.isInteger(exp)) return undefined;
  if (![scope, call, client_jkt, workload].every((one) => one === undefined || isText(one))) return undefined;
  if (task !== undefined && !isId('tsk', task)) return undefined;
  if (cnf !== undefined && !isConfirmation(cnf)) return undefined;
  if (payload.may_act !== undefined && !isMayAct(payload.may_act)) return undefined;
  // The server signed it: what was checked above is what it put there.
  return payload as unknown as TokenClaims;
}

function isConfirmation(cnf: JsonValue): boolean {
  if (!isJsonObject(cnf)) return false;
  const [name, ...others] = Object.keys(cnf);
  return others.length === 0 && (name === 'jkt' || name === 'x5t#S256') && isText(cnf[name]);
}

function isMayAct(value: JsonValue): boolean {
  return isJsonObject(value) && isId('agt', value.sub);
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value.length > 0;
}

function isListOfText(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}
