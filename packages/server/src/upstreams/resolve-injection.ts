import { AppError } from '@countersign/api';
import type { SecretStore, SecretValue } from '../plugins/secret-store/secret-store.ts';
import type { UpstreamSettings } from './live-upstream.ts';
import { fillSecrets, findSecretNames } from './secret-reference.ts';

/** What an upstream's settings become at the last step before sending. Hold it no longer than the call. */
export interface Injection {
  readonly headers: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  /** Names and versions of the secrets, never their values. */
  readonly secretKey: string;
  /** The values, to find them in what comes back. */
  readonly values: readonly string[];
}

// A header carries nothing but ASCII for sure (RFC 9110, section 5.5).
const headerValue = /^[\x20-\x7e]*$/;

interface Resolved {
  readonly versions: readonly string[];
  readonly injection: Injection;
}

const namesOf = new WeakMap<UpstreamSettings, readonly string[]>();
// The last injection of these settings, used again while every secret still has the same version.
const lastOf = new WeakMap<UpstreamSettings, Resolved>();

/** Reads each secret anew, so a changed or removed one takes effect with the next call. Throws `secret.*`. */
export async function resolveInjection(settings: UpstreamSettings, secrets: SecretStore): Promise<Injection> {
  const names = listSecretNames(settings);
  const held: SecretValue[] = [];
  for (const name of names) held.push(await secrets.get(name));
  const last = lastOf.get(settings);
  if (last?.versions.every((version, i) => version === held[i]?.version)) return last.injection;
  const injection = inject(settings, new Map(names.map((name, i) => [name, requireHeld(held[i], name)])));
  lastOf.set(settings, { versions: held.map((secret) => secret.version), injection });
  return injection;
}

/** Every secret the settings refer to, once each, sorted. */
export function listSecretNames(settings: UpstreamSettings): readonly string[] {
  const known = namesOf.get(settings);
  if (known !== undefined) return known;
  const values = [...Object.values(settings.headers ?? {}), ...Object.values(settings.env ?? {})];
  const names = [...new Set(values.flatMap((value) => findSecretNames(value) ?? []))].sort();
  namesOf.set(settings, names);
  return names;
}

function inject(settings: UpstreamSettings, held: ReadonlyMap<string, SecretValue>): Injection {
  const fill = (pairs: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(
      Object.entries(pairs).map(([name, value]) => [
        name,
        fillSecrets(value, (secret) => requireHeld(held.get(secret), secret).value),
      ]),
    );
  const headers = fill(settings.headers);
  for (const [name, value] of Object.entries(headers)) {
    if (!headerValue.test(value))
      throw new AppError('secret.invalid', { detail: `not fit for the header ${name}` });
  }
  return {
    headers,
    environment: fill(settings.env),
    secretKey: [...held].map(([name, { version }]) => `${name}@${version}`).join(' '),
    values: [...held.values()].map(({ value }) => value),
  };
}

function requireHeld(secret: SecretValue | undefined, name: string): SecretValue {
  if (secret === undefined) throw new AppError('secret.not_found', { detail: name });
  return secret;
}
