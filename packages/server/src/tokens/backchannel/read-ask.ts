import { AppError } from '@countersign/api';
import { renderHonestly } from '@countersign/core';
import { readUpstreams } from '../read-target.ts';
import type { TokenParameters } from '../token-parameters.ts';
import type { Ask } from './ask.ts';
import { readWish } from './read-wish.ts';

const defaultSeconds = 300;
const shortestSeconds = 30;
const longestSeconds = 900;
const longestMessage = 140;
const longestHint = 254;
const mostUpstreams = 8;

/**
 * Reads a hostile request (CIBA §7.1). Throws `token.request_invalid`, `token.scope_invalid`, `token.person_unknown`,
 * `token.binding_message_invalid`, `token.details_invalid`, `token.target_invalid`.
 */
export function readAsk(parameters: TokenParameters, issuer: string): Ask {
  if (parameters.take('request') !== undefined) throw refuse('signed requests are not supported');
  requireScope(parameters.take('scope'));
  const { wish, same } = readWish(parameters.require('authorization_details'));
  const resources = parameters.all('resource');
  if (resources.length > mostUpstreams)
    throw new AppError('token.target_invalid', { detail: 'too many resources' });
  const upstreams = resources.length === 0 ? null : readUpstreams(resources, issuer);
  return {
    loginHint: readHint(parameters),
    message: readMessage(parameters.take('binding_message')),
    seconds: readSeconds(parameters.take('requested_expiry')),
    notificationToken: readNotificationToken(parameters.take('client_notification_token')),
    upstreams,
    wish,
    canonical: { upstreams: upstreams === null ? null : [...upstreams].sort(), wish: same },
  };
}

/** CIBA §7.1 asks for `openid`; no ID token is ever issued, so leaving it out changes nothing. */
function requireScope(scope: string | undefined): void {
  if (scope !== undefined && scope !== 'openid') throw new AppError('token.scope_invalid');
}

/** Exactly one hint. We issue no ID tokens and trust no issuer of hint tokens, so these two name nobody here. */
function readHint(parameters: TokenParameters): string {
  const hints = ['login_hint', 'id_token_hint', 'login_hint_token'].filter(
    (name) => parameters.take(name) !== undefined,
  );
  if (hints.length !== 1) throw refuse('exactly one hint is needed');
  const hint = parameters.take('login_hint');
  if (hint === undefined || hint.length > longestHint) throw new AppError('token.person_unknown');
  return hint;
}

/**
 * The agent's own words, shown to a person beside what is really asked: nothing in them may hide, reorder, look like
 * markup of ours or lead elsewhere (CIBA §7.1: `invalid_binding_message`).
 */
function readMessage(message: string | undefined): string | null {
  if (message === undefined) return null;
  const { segments } = renderHonestly(message);
  const isPlain = segments.every(({ flag }) => flag === undefined);
  const misleads = /[<>]|:\/\/|^\s|\s$/.test(message);
  if (message.length > longestMessage || !isPlain || misleads || message !== message.normalize('NFC')) {
    throw new AppError('token.binding_message_invalid');
  }
  return message;
}

function readSeconds(text: string | undefined): number {
  if (text === undefined) return defaultSeconds;
  if (!/^[1-9]\d{0,9}$/.test(text)) throw refuse('requested_expiry');
  return Math.min(Math.max(Number(text), shortestSeconds), longestSeconds);
}

/** CIBA §7.1: the syntax of a bearer token, at most 1024 characters; shorter than 128 bits in base64url is no secret. */
function readNotificationToken(token: string | undefined): string | null {
  if (token === undefined) return null;
  if (!/^[A-Za-z0-9\-._~+/]{22,1024}=*$/.test(token) || token.length > 1024) {
    throw refuse('client_notification_token');
  }
  return token;
}

function refuse(detail: string): AppError {
  return new AppError('token.request_invalid', { detail });
}
