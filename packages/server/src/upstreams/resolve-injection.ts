import { AppError } from '@countersign/api';
import { dropField } from '../plugins/secret-store/secret-name.ts';
import type { SecretStore, SecretValue } from '../plugins/secret-store/secret-store.ts';
import type { UpstreamSettings } from './live-upstream.ts';
import { fillSecrets, findSecretNames } from './secret-reference.ts';

/** Settings with the values in the place of the references. */
export interface FilledSettings {
  readonly headers: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  /** Members of the query, for HTTP APIs. */
  readonly query: Readonly<Record<string, string>>;
  /** Names and versions of the secrets, never their values. */
  readonly secretKey: string;
}

/** What an upstream's settings become at the last step before sending. Hold it no longer than the call. */
export interface Injection extends FilledSettings {
  /** The values, to find them in what comes back. */
  readonly values: readonly string[];
  /** The same as before a rotation, only while its overlap lasts and only for a request that was refused before acting. */
  readonly fallback: FilledSettings | null;
}

// A header carries nothing but ASCII for sure (RFC 9110, section 5.5).
const headerValue = /^[\x20-\x7e]*$/;

type Held = ReadonlyMap<string, Pick<SecretValue, 'value' | 'version'>>;

interface Resolved {
  readonly versions: string;
  readonly injection: Injection;
}

const namesOf = new WeakMap<UpstreamSettings, readonly string[]>();
// The last injection of these settings, used again while every secret still has the same version.
const lastOf = new WeakMap<UpstreamSettings, Resolved>();

/** Reads each secret anew, so a changed or removed one takes effect with the next call. Throws `secret.*`. */
export async function resolveInjection(settings: UpstreamSettings, secrets: SecretStore): Promise<Injection> {
  let held = await readAll(settings, secrets);
  // A lease that ended between two fields would pair one account's name with another's password.
  if (!isConsistent(held)) held = await readAll(settings, secrets);
  if (!isConsistent(held))
    throw new AppError('secret.unavailable', { detail: 'its fields do not belong together' });
  const versions = JSON.stringify([...held.values()].map((one) => [one.version, one.previous?.version]));
  const last = lastOf.get(settings);
  if (last?.versions === versions) return last.injection;
  const injection = inject(settings, held);
  lastOf.set(settings, { versions, injection });
  return injection;
}

/** Every secret the settings refer to where they are sent, once each, sorted. */
export function listSecretNames(settings: UpstreamSettings): readonly string[] {
  const known = namesOf.get(settings);
  if (known !== undefined) return known;
  const { headers = {}, env = {}, query = {}, basic = {} } = settings;
  const values = [headers, env, query, basic].flatMap((pairs) => Object.values<string>(pairs));
  const names = [...new Set(values.flatMap((value) => findSecretNames(value) ?? []))].sort();
  namesOf.set(settings, names);
  return names;
}

async function readAll(
  settings: UpstreamSettings,
  secrets: SecretStore,
): Promise<ReadonlyMap<string, SecretValue>> {
  const { secretMaxAgeDays } = settings;
  const limits = secretMaxAgeDays === undefined ? {} : { maxAgeDays: secretMaxAgeDays };
  const held = new Map<string, SecretValue>();
  for (const name of listSecretNames(settings)) held.set(name, await secrets.get(name, limits));
  return held;
}

function isConsistent(held: ReadonlyMap<string, SecretValue>): boolean {
  const versions = new Map<string, string>();
  for (const [reference, { version }] of held) {
    const name = dropField(reference);
    if ((versions.get(name) ?? version) !== version) return false;
    versions.set(name, version);
  }
  return true;
}

function inject(settings: UpstreamSettings, held: ReadonlyMap<string, SecretValue>): Injection {
  const previous = [...held.values()].flatMap((one) => one.previous ?? []);
  const earlier = new Map([...held].map(([name, one]) => [name, one.previous ?? one]));
  return {
    ...fillSettings(settings, held),
    values: [...held.values(), ...previous].map(({ value }) => value),
    fallback: previous.length === 0 ? null : fillSettings(settings, earlier),
  };
}

function fillSettings(settings: UpstreamSettings, held: Held): FilledSettings {
  const fill = (pairs: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(
      Object.entries(pairs).map(([name, value]) => [
        name,
        fillSecrets(value, (secret) => requireHeld(held, secret).value),
      ]),
    );
  const headers = { ...fill(settings.headers), ...authorizeBasic(fill(settings.basic)) };
  for (const [name, value] of Object.entries(headers)) {
    if (!headerValue.test(value))
      throw new AppError('secret.invalid', { detail: `not fit for the header ${name}` });
  }
  return {
    headers,
    environment: fill(settings.env),
    query: fill(settings.query),
    secretKey: [...held].map(([name, { version }]) => `${name}@${version}`).join(' '),
  };
}

function requireHeld(held: Held, name: string): { readonly value: string } {
  const secret = held.get(name);
  if (secret === undefined) throw new AppError('secret.not_found', { detail: name });
  return secret;
}

/** RFC 7617 §2. */
function authorizeBasic({ username, password }: Readonly<Record<string, string>>): Record<string, string> {
  if (username === undefined || password === undefined) return {};
  // A colon would move the border between the two.
  if (username.includes(':')) throw new AppError('secret.invalid', { detail: 'not fit for a user name' });
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}
