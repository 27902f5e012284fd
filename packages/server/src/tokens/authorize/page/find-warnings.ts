import type { InteractiveClient } from '../../clients/find-client.ts';
import { classifyRedirectUri } from '../../clients/redirect-uri.ts';

/** What a person should think about before they trust the name of a client. At most three. */
export function findWarnings(client: InteractiveClient, redirectUri: string): readonly string[] {
  const warnings: string[] = [];
  const kind = classifyRedirectUri(redirectUri);
  if (client.kind === 'dynamic') warnings.push('Registered itself: its name may be anyone’s');
  if (client.authMethod === 'none' && kind !== 'https') {
    warnings.push('Any program on this device could be asking in its name');
  }
  if (kind === 'https' && client.kind === 'document') {
    const [from, to] = [new URL(client.id).host, new URL(redirectUri).host];
    if (from !== to) warnings.push(`Published at ${from}, but the answer goes to ${to}`);
  }
  if (!client.dpopBound) warnings.push('Its access may not be bound to a key');
  return warnings.slice(0, 3);
}

/** Where the code goes, in words; the address itself is shown beside it. */
export function describeRedirect(redirectUri: string): string {
  const { host, protocol } = new URL(redirectUri);
  switch (classifyRedirectUri(redirectUri)) {
    case 'https':
      return host;
    case 'loopback':
      return `a program on this device, at ${host}`;
    default:
      return `the application on this device that opens ${protocol}`;
  }
}
