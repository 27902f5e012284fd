import { AppError } from '@countersign/api';
import type { SingleSignOn } from './issuer.ts';

/** What an issuer says of somebody, in our words. */
export interface Claims {
  /** Never changes for the person; an e-mail address or name does. */
  readonly subject: string;
  /** Lower case, and only when the issuer vouches for it. */
  readonly verifiedEmail: string | undefined;
  readonly name: string | undefined;
  /** Raw names, of the claims that came with the token. */
  readonly groups: readonly string[];
  /** False when the issuer left some out. */
  readonly areGroupsWhole: boolean;
  /** What the issuer calls the person, and its session, when it tells of logging out. */
  readonly issuerSubject: string;
  readonly issuerSession: string | null;
}

type Path = readonly string[];
interface Preset {
  readonly groups: readonly Path[];
  readonly name: Path;
  readonly email: Path;
  readonly emailVerified: Path;
  readonly subject: readonly Path[];
}

const standard: Preset = {
  groups: [['groups']],
  name: ['name'],
  email: ['email'],
  emailVerified: ['email_verified'],
  subject: [['sub']],
};

function presetOf({ preset, clientId }: SingleSignOn): Preset {
  switch (preset) {
    case 'keycloak':
      return {
        ...standard,
        groups: [['groups'], ['realm_access', 'roles'], ['resource_access', clientId, 'roles']],
      };
    case 'entra':
      // `sub` differs by application there, and an e-mail address is whatever a tenant's administrator wrote, unless
      // the owner of its domain was verified.
      return {
        ...standard,
        groups: [['roles'], ['groups']],
        emailVerified: ['xms_edov'],
        subject: [['tid'], ['oid']],
      };
    default:
      return standard;
  }
}

const mostGroups = 1_000;
const longestText = 256;

/**
 * Reads the verified claims of an ID token as the settings say. Hostile in content all the same: whoever names groups at
 * the issuer chooses the words. Throws `person.oidc_refused` and `person.oidc_unknown`.
 */
export function readClaims(claims: Readonly<Record<string, unknown>>, settings: SingleSignOn): Claims {
  requireTenant(claims, settings);
  const preset = presetOf(settings);
  const named = settings.claims;
  const subject = (named.subject ?? preset.subject).map((path) => requireText(find(claims, path)));
  const email = find(claims, named.email ?? preset.email);
  const verified = find(claims, named.emailVerified ?? preset.emailVerified);
  const isVerified = verified === true || verified === 'true' || verified === '1' || verified === 1;
  const name = find(claims, named.name ?? preset.name);
  const session = find(claims, ['sid']);
  return {
    subject: subject.length === 1 ? (subject[0] ?? '') : JSON.stringify(subject),
    verifiedEmail:
      isVerified && typeof email === 'string' && email.length <= 254 ? email.toLowerCase() : undefined,
    name: typeof name === 'string' ? name.slice(0, longestText) : undefined,
    ...readGroups(claims, named.groups ?? preset.groups),
    issuerSubject: requireText(find(claims, ['sub'])),
    issuerSession: typeof session === 'string' && session.length <= longestText ? session : null,
  };
}

function requireTenant(claims: Readonly<Record<string, unknown>>, { tenants }: SingleSignOn): void {
  const tenant = find(claims, ['tid']);
  if (tenants.length > 0 && !tenants.some((one) => one === tenant)) {
    throw new AppError('person.oidc_unknown', { cause: 'another tenant' });
  }
}

function readGroups(
  claims: Readonly<Record<string, unknown>>,
  paths: readonly Path[],
): Pick<Claims, 'groups' | 'areGroupsWhole'> {
  // OpenID Connect Core, section 5.6.2: they are elsewhere, too many for a token, as Entra puts it.
  const elsewhere = find(claims, ['_claim_names']);
  const groups = new Set<string>();
  let isWhole = claims.hasgroups !== true;
  for (const path of paths) {
    const [first = ''] = path;
    if (isObject(elsewhere) && Object.hasOwn(elsewhere, first)) {
      isWhole = false;
      continue;
    }
    const value = find(claims, path);
    if (value === undefined || value === null) continue;
    const names: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const name of names) {
      if (typeof name !== 'string') throw new AppError('person.oidc_refused', { cause: 'groups' });
      if (name.length <= longestText) groups.add(name);
    }
  }
  const areGroupsWhole = isWhole && groups.size <= mostGroups;
  return { groups: [...groups].slice(0, mostGroups), areGroupsWhole };
}

function find(claims: unknown, path: Path): unknown {
  let value = claims;
  for (const member of path) {
    if (!isObject(value) || !Object.hasOwn(value, member)) return undefined;
    value = value[member];
  }
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function requireText(value: unknown): string {
  if (typeof value === 'string' && value !== '' && value.length <= longestText) return value;
  throw new AppError('person.oidc_refused', { cause: 'subject' });
}
