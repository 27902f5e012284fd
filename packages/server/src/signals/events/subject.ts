import { canonicalJson, isId, type JsonObject, type JsonValue } from '@countersign/core';
import type { Kysely } from 'kysely';
import { sha256 } from '../../platform/sha256.ts';
import type { Schema } from '../../plugins/database/schema.ts';

/** A subject identifier (RFC 9493) in a format that is spoken here; hostile until it was parsed. */
export type Subject =
  | { readonly format: 'email'; readonly email: string }
  | { readonly format: 'iss_sub'; readonly iss: string; readonly sub: string }
  | { readonly format: 'opaque'; readonly id: string };

const longest = 1024;

/** Undefined for other formats. Of a complex subject (SSF 1.0 §3.2) the user counts. */
export function parseSubject(value: JsonValue | undefined): Subject | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const given = value as JsonObject;
  switch (given.format) {
    case 'email':
      return isText(given.email) ? { format: 'email', email: given.email } : undefined;
    case 'iss_sub':
      return isText(given.iss) && isText(given.sub)
        ? { format: 'iss_sub', iss: given.iss, sub: given.sub }
        : undefined;
    case 'opaque':
      return isText(given.id) ? { format: 'opaque', id: given.id } : undefined;
    case 'complex':
      return isComplex(given.user) ? undefined : parseSubject(given.user);
    default:
      return undefined;
  }
}

/** Digest of what else than the user a complex subject names, as a device or a session; undefined where nothing else. */
export function findSubjectPart(value: JsonObject): string | undefined {
  if (value.format !== 'complex') return undefined;
  const parts = Object.entries(value).filter(([name]) => name !== 'format' && name !== 'user');
  return parts.length === 0 ? undefined : sha256(canonicalJson(Object.fromEntries(parts)));
}

function isComplex(value: JsonValue | undefined): boolean {
  return typeof value === 'object' && value !== null && 'format' in value && value.format === 'complex';
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longest;
}

/** The same person or agent, as this server names them to others. */
export function nameSubject(issuer: string, id: string): Subject {
  return { format: 'iss_sub', iss: issuer, sub: id };
}

/** Id of the person or agent here. `issuer` is this server's own; identities of other issuers are those of sign-in. */
export async function findSubject(
  sql: Kysely<Schema>,
  issuer: string,
  subject: Subject,
): Promise<string | undefined> {
  switch (subject.format) {
    case 'opaque':
      return findOwn(sql, subject.id);
    case 'iss_sub':
      return subject.iss === issuer ? findOwn(sql, subject.sub) : findIdentity(sql, subject);
    case 'email':
      return findByAddress(sql, subject.email);
  }
}

async function findOwn(sql: Kysely<Schema>, id: string): Promise<string | undefined> {
  const table = isId('per', id) ? 'people' : isId('agt', id) ? 'agents' : undefined;
  if (table === undefined) return undefined;
  return (await sql.selectFrom(table).select('id').where('id', '=', id).executeTakeFirst())?.id;
}

async function findIdentity(
  sql: Kysely<Schema>,
  { iss, sub }: Extract<Subject, { format: 'iss_sub' }>,
): Promise<string | undefined> {
  const row = await sql
    .selectFrom('person_identities')
    .select('person_id')
    .where('issuer', '=', iss)
    .where('subject', '=', sub)
    .executeTakeFirst();
  return row?.person_id;
}

/** Addresses are not unique: one that two people have names nobody. */
async function findByAddress(sql: Kysely<Schema>, email: string): Promise<string | undefined> {
  const [first, ...others] = await sql
    .selectFrom('people')
    .select('id')
    .where(({ fn, ref }) => fn('lower', [ref('email')]), '=', email.toLowerCase())
    .limit(2)
    .execute();
  return others.length === 0 ? first?.id : undefined;
}
