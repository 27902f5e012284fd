import type { SinkRecord } from '../ledger-sink.ts';
import { rateSeverity, type Severity } from '../rate-severity.ts';
import { chooseClass, type OcsfClass } from './choose-class.ts';
import { judgeStatus } from './judge-status.ts';

export interface EventSettings {
  /** Of the product. */
  readonly version: string;
}

const severities: Readonly<Record<Severity, readonly [number, string]>> = {
  informational: [1, 'Informational'],
  low: [2, 'Low'],
  medium: [3, 'Medium'],
  high: [4, 'High'],
};

/**
 * A record as an event of OCSF 1.8.0. `metadata.uid` is its id; `actor.user` is the human; the agent, for which 1.8.0 has
 * no place, stands in `unmapped.ai_agent` as 1.9 will have it, and the record itself in `unmapped.countersign`.
 */
export function writeEvent(
  record: SinkRecord,
  { version }: EventSettings,
): Readonly<Record<string, unknown>> {
  const chosen = chooseClass(record);
  const { uid, name, category, activity } = chosen;
  const [severityId, severity] = severities[rateSeverity(record)];
  const correlation = record.action ?? record.task;
  return {
    metadata: {
      version: '1.8.0',
      product: { name: 'Countersign', vendor_name: 'Countersign', version },
      uid: record.id,
      sequence: record.seq,
      event_code: record.kind,
      log_name: 'ledger',
      original_time: new Date(record.at).toISOString(),
      ...(correlation === undefined ? {} : { correlation_uid: correlation }),
      ...(record.drill === undefined ? {} : { labels: ['drill'] }),
    },
    time: record.at,
    ...{ class_uid: uid, class_name: name, category_uid: Math.floor(uid / 1000), category_name: category },
    ...{ activity_id: activity, activity_name: chosen.activityName ?? record.kind },
    ...{ type_uid: uid * 100 + activity, type_name: `${name}: ${chosen.activityName ?? 'Other'}` },
    ...{ severity_id: severityId, severity },
    ...(uid === 2004 ? { status_id: 1, status: 'New' } : judgeStatus(record)),
    message: record.kind,
    ...writeClass(record, chosen),
    unmapped: {
      ...(record.agent === undefined ? {} : { ai_agent: { uid: record.agent, type: 'AI Agent' } }),
      countersign: record,
    },
  };
}

function writeClass(record: SinkRecord, { uid }: OcsfClass): Readonly<Record<string, unknown>> {
  switch (uid) {
    case 2004:
      return { finding_info: { uid: record.id, title: record.kind } };
    case 3001:
      return { actor: writeActor(readAuthor(record)), user: writeUser(record.person) };
    case 3002:
      return {
        actor: writeActor(record.person ?? readAuthor(record)),
        user: writeUser(record.person ?? record.agent),
        service: { name: 'Countersign' },
      };
    case 3003:
      return {
        actor: writeActor(record.person ?? readAuthor(record)),
        user: writeUser(record.agent ?? record.person),
        privileges: [record.tool ?? record.approval ?? record.chain?.at(-1) ?? record.kind],
        ...(record.task === undefined ? {} : { session: { uid: record.task } }),
      };
    case 3004:
      return { actor: writeActor(record.person ?? readAuthor(record)), entity: writeEntity(record) };
    case 6003:
      return writeApiActivity(record);
  }
}

function writeApiActivity(record: SinkRecord): Readonly<Record<string, unknown>> {
  const { agent, action, body, person, tool, upstream } = record;
  const method = typeof body?.method === 'string' ? body.method : record.kind;
  const http = body?.httpStatus;
  return {
    actor: writeActor(person),
    api: {
      operation: tool ?? method,
      ...(upstream === undefined ? {} : { service: { name: upstream } }),
      ...(action === undefined ? {} : { request: { uid: action } }),
      ...(Number.isSafeInteger(http) ? { response: { code: http } } : {}),
    },
    src_endpoint: agent === undefined ? { name: 'unknown' } : { name: agent, uid: agent },
    ...(upstream === undefined ? {} : { dst_endpoint: { svc_name: upstream } }),
    ...(tool === undefined ? {} : { resources: [{ name: tool, type: 'tool' }] }),
  };
}

/** A human where there is one; the product itself otherwise. */
function writeActor(by: string | undefined): Readonly<Record<string, unknown>> {
  if (by?.startsWith('per_') === true) return { user: { ...writeUser(by), type_id: 1, type: 'User' } };
  return { app_name: by === undefined ? 'Countersign' : `Countersign (${by.slice(0, 128)})` };
}

function writeUser(uid = 'unknown'): Readonly<Record<string, unknown>> {
  return uid.startsWith('per_')
    ? { uid, name: uid, type_id: 1, type: 'User' }
    : { uid, name: uid, type_id: 4, type: 'Service' };
}

/** Of what happened to somebody the record's person is that one; who did it stands in the body. */
function readAuthor({ body }: SinkRecord): string | undefined {
  return typeof body?.by === 'string' ? body.by : undefined;
}

function writeEntity(record: SinkRecord): Readonly<Record<string, unknown>> {
  const noun = record.kind.slice(0, record.kind.indexOf('.'));
  const names: Readonly<Record<string, string | undefined>> = {
    agent: record.agent,
    approval: record.approval,
    delegation: record.chain?.at(-1),
    policy: record.policyVersion,
    task: record.task,
    upstream: record.upstream,
  };
  const uid = names[noun] ?? record.id;
  return { uid, name: uid, type_id: 99, type: noun };
}
