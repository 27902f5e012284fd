import type { Finding } from '../../dev-findings.ts';

const longestMilliseconds = 5_000;
const clockToleranceMilliseconds = 5_000;

export interface ServerFacts {
  /** Undefined when the server does not say. */
  readonly issuer: string | undefined;
  readonly findings: readonly Finding[];
}

/** Whether the server answers, is ready, tells the right time and publishes what clients look for. */
export async function checkServer(url: string, now: () => number): Promise<ServerFacts> {
  const ready = await ask(url, '/readyz?verbose=1');
  if (ready === undefined) {
    return { issuer: undefined, findings: [error('server.down', `no answer from ${url}`, 'countersign up')] };
  }
  const findings = [...describeReadiness(ready.body), ...checkClock(ready.response, now())];
  const metadata = await ask(url, '/.well-known/oauth-authorization-server');
  const issuer = typeof metadata?.body.issuer === 'string' ? metadata.body.issuer : undefined;
  if (issuer === undefined) {
    findings.push(
      error('well_known.missing', 'the authorization server publishes no metadata', 'restart the server'),
    );
    return { issuer, findings };
  }
  const keys = await ask(url, '/oauth/jwks');
  if (!Array.isArray(keys?.body.keys) || keys.body.keys.length === 0) {
    findings.push(
      error('well_known.no_keys', 'no signing key is published', 'countersign tokens rotate-keys'),
    );
  }
  const resource = await ask(url, '/.well-known/oauth-protected-resource/mcp/any');
  if (resource?.body.resource !== `${issuer}/mcp/any`) {
    const fix = 'make server.publicUrl the URL that agents use';
    findings.push(error('well_known.mismatch', 'the resource metadata names another URL', fix));
  }
  return { issuer, findings: [...findings, ...checkPublicUrl(issuer)] };
}

/** Passkeys are bound to a domain: an IP address is none (WebAuthn Level 3, RP ID), and only localhost may be plain. */
export function checkPublicUrl(publicUrl: string): readonly Finding[] {
  const { hostname, protocol } = new URL(publicUrl);
  const fix = 'set server.publicUrl to https and a domain name, or to http://localhost:<port>';
  if (/^[\d.]+$|^\[/.test(hostname)) {
    return [error('public_url.address', `${publicUrl} is an IP address: no passkey works there`, fix)];
  }
  const isLocal = hostname === 'localhost' || hostname.endsWith('.localhost');
  if (protocol === 'https:' || isLocal) return [];
  return [
    error('public_url.plain', `${publicUrl} is plain HTTP on a name: browsers refuse passkeys there`, fix),
  ];
}

function describeReadiness(body: Readonly<Record<string, unknown>>): Finding[] {
  if (body.ready === true) return [];
  const parts = typeof body.parts === 'object' && body.parts !== null ? Object.entries(body.parts) : [];
  const failed = parts.filter(([, state]) => state !== 'ok').map(([name]) => name);
  const fix = failed.includes('policies') ? 'countersign policies list' : "look at the server's log";
  return [error('server.not_ready', `the server is not ready: ${failed.join(', ') || 'unknown part'}`, fix)];
}

function checkClock(response: Response, now: number): readonly Finding[] {
  const told = Date.parse(response.headers.get('date') ?? '');
  const apart = Math.abs(told - now);
  if (Number.isNaN(told) || apart < clockToleranceMilliseconds) return [];
  const what = `this machine and the server are ${Math.round(apart / 1000)} s apart: proofs will be refused`;
  return [
    { id: 'clock.skew', severity: 'warning', what, fix: 'synchronise both clocks, with NTP for example' },
  ];
}

async function ask(
  url: string,
  path: string,
): Promise<{ response: Response; body: Readonly<Record<string, unknown>> } | undefined> {
  try {
    const signal = AbortSignal.timeout(longestMilliseconds);
    const response = await fetch(new URL(path, url), { redirect: 'error', signal });
    const body: unknown = await response.json().catch(() => ({}));
    return {
      response,
      body: typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {},
    };
  } catch {
    return undefined;
  }
}

function error(id: string, what: string, fix: string): Finding {
  return { id, severity: 'error', what, fix };
}
