import type { Platform } from '../../platform/platform.ts';
import type { Injection } from '../resolve-injection.ts';
import type { Holder, Issued } from './minted.ts';
import { provePossession } from './prove-possession.ts';

export interface MintedCredential {
  /** Of its `upstream.credential_minted` record. */
  readonly id: string;
  readonly issued: Issued;
  /** Epoch milliseconds; no later than the task's end. */
  readonly usableUntil: number;
  /** Last wanted by the upstream in proofs of possession. */
  nonce?: string | undefined;
  isRevoked?: boolean;
}

const valuesOf = new WeakMap<
  Issued,
  { readonly stored: readonly string[]; readonly all: readonly string[] }
>();

/** The stored secrets and the minted credential together, as one request or one process carries them. */
export async function fillCredential(
  stored: Injection,
  holder: Holder,
  { id, issued, nonce }: MintedCredential,
  platform: Platform,
): Promise<Injection> {
  const shared = {
    // A process that was started with one credential never serves a call with another.
    secretKey: `${stored.secretKey} ${id}`.trimStart(),
    values: joinValues(stored, issued),
    fallback: null,
  };
  const { credential } = holder.settings;
  if (holder.kind === 'mcp-stdio') {
    const variable = credential !== undefined && 'variable' in credential ? credential.variable : undefined;
    const own = variable === undefined || issued.token === undefined ? {} : { [variable]: issued.token };
    const environment = { ...stored.environment, ...issued.environment, ...own };
    return { ...shared, headers: stored.headers, query: stored.query, environment };
  }
  const headers = { ...stored.headers, ...(await authorize(holder, issued, { platform, nonce })) };
  return { ...shared, headers, query: stored.query, environment: stored.environment };
}

async function authorize(
  { settings }: Holder,
  { token = '', bindingKey }: Issued,
  { platform, nonce }: { readonly platform: Platform; readonly nonce: string | undefined },
): Promise<Record<string, string>> {
  if (bindingKey === undefined) return { authorization: `Bearer ${token}` };
  const request = { method: 'POST', url: settings.url ?? '', token, nonce };
  return { authorization: `DPoP ${token}`, dpop: await provePossession(bindingKey, request, platform) };
}

/** One list for one pair, because the search for them in what comes back is prepared once a list. */
function joinValues({ values: stored }: Injection, issued: Issued): readonly string[] {
  const known = valuesOf.get(issued);
  if (known?.stored === stored) return known.all;
  const all = [...stored, ...issued.values];
  valuesOf.set(issued, { stored, all });
  return all;
}
