import { AppError } from '@countersign/api';
import type { ExportWithheld } from '@countersign/ledger';
import type { Context } from '../../context.ts';
import {
  type Actor,
  type AuditAccess,
  type AuditScope,
  findAuditAccess,
  requirePermission,
} from '../../people/index.ts';
import type { StoredRecord } from '../ledger-record.ts';

/** What somebody may read of the ledger: all of it, or what an access of an auditor names while it lasts. */
export interface Reading {
  /** Undefined for who may read everything. */
  readonly access: AuditAccess | undefined;
  /** Whether the values of arguments, prompts and results may be seen, and so searched. */
  readonly seesContent: boolean;
  isVisible(record: StoredRecord): boolean;
  /** The record as this reader sees it. */
  show(record: StoredRecord): StoredRecord;
  /** Whether it still lasts; asked again before each piece of an answer that goes on. */
  isLive(): Promise<boolean>;
}

const everything: Reading = {
  access: undefined,
  seesContent: true,
  isVisible: () => true,
  show: (record) => record,
  isLive: async () => true,
};

/**
 * The only way in for who reads by an access alone: a verb that does not ask here stays closed to them. Throws
 * `person.forbidden`, also when the access has ended since the session was looked up.
 */
export async function requireReading(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  permission: 'ledger.read' | 'ledger.export',
): Promise<Reading> {
  if (actor.kind !== 'person' || actor.audit === undefined || actor.roles.length > 0) {
    requirePermission(actor, permission);
    return everything;
  }
  const { person, audit } = actor;
  const find = async () => {
    const access = await findAuditAccess(context, person);
    return access?.id === audit.id ? access : undefined;
  };
  const access = await find();
  if (access === undefined) throw new AppError('person.forbidden', { detail: permission });
  return {
    access,
    seesContent: access.content,
    isVisible: (record) => isInScope(record, access.scope),
    show: (record) => (access.content ? record : withhold(record)),
    isLive: async () => (await find()) !== undefined,
  };
}

/** Of an erased or damaged record only kind and time are known: it is within a scope that asks for no more. */
export function isInScope(record: StoredRecord, scope: AuditScope): boolean {
  const { kinds, upstreams, agents, tasks, from = 0, to = Number.MAX_SAFE_INTEGER } = scope;
  if (record.at < from || record.at >= to) return false;
  if (kinds?.some((kind) => matchesKind(record.kind, kind)) === false) return false;
  if (upstreams !== undefined && !includes(upstreams, record.upstream)) return false;
  if (tasks !== undefined && !includes(tasks, record.task)) return false;
  return agents === undefined || includes(agents, record.agent);
}

/** Why what a record says is kept from this reader, if it is. */
export function findWithheld(
  { access, isVisible, seesContent }: Reading,
  record: StoredRecord,
): ExportWithheld | undefined {
  if (access === undefined) return undefined;
  // What was erased is out of every scope that asks for more than kind and time: it tells nothing of what it was.
  if (!isVisible(record)) return 'out_of_scope';
  return seesContent ? undefined : 'not_permitted';
}

function includes(names: readonly string[], name: string | undefined): boolean {
  return name !== undefined && names.includes(name);
}

function matchesKind(kind: string, pattern: string): boolean {
  return pattern.endsWith('.*') ? kind.startsWith(pattern.slice(0, -1)) : kind === pattern;
}

/** Whom and what it names stays; all that anybody wrote goes. */
function withhold({ body: _body, notCanonical: _text, ...facts }: StoredRecord): StoredRecord {
  return { ...facts, withheld: true };
}
