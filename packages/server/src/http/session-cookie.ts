import type { Context as HttpContext } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';
import type { Context } from '../context.ts';
import { nameUserAgent, sessionCookieName, sessionLifetimeSeconds } from '../people/index.ts';

/** Hands the session to the browser; scripts never see it, other sites' requests never carry it. */
export function sendSession(c: HttpContext, context: Context, secret: string): void {
  setCookie(c, sessionCookieName(context.config.server.publicUrl), secret, {
    ...readCookieRules(context),
    httpOnly: true,
    sameSite: 'Strict',
    maxAge: sessionLifetimeSeconds,
  });
}

export function forgetSession(c: HttpContext, context: Context): void {
  deleteCookie(c, sessionCookieName(context.config.server.publicUrl), readCookieRules(context));
}

export function readUserAgent(c: HttpContext): string {
  return nameUserAgent(c.req.header('user-agent'));
}

function readCookieRules(context: Context): { readonly path: '/'; readonly secure: boolean } {
  return { path: '/', secure: context.config.server.publicUrl.startsWith('https:') };
}
