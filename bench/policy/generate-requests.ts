import type { Context, Entities, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
import { type Deployment, nameTool, upstreamOf } from './describe-deployment.ts';

/** In Cedar's JSON, the same for both engines. */
export interface BenchRequest {
  readonly principal: TypeAndId;
  readonly action: TypeAndId;
  readonly resource: TypeAndId;
  readonly context: Context;
  readonly entities: Entities;
}

/** Calls of all tools by agents of all groups, in an order without a pattern. */
export function generateRequests(deployment: Deployment, count: number): BenchRequest[] {
  return Array.from({ length: count }, (_, at) => generateRequest(deployment, at * 7919 + 13));
}

function generateRequest({ tools, groups }: Deployment, at: number): BenchRequest {
  const tool = at % tools;
  const [agent, owner] = [name('Agent', `agt_${at % 1000}`), name('Person', `per_${at % 40}`)];
  const [group, another] = [
    name('Group', `group${at % groups}`),
    name('Group', `group${(at * 3 + 1) % groups}`),
  ];
  const upstream = name('Upstream', `up${upstreamOf(tool)}`);
  const [action, resource] = [name('Action', nameTool(tool)), name('Tool', nameTool(tool))];
  const environment = at % 5 === 0 ? 'staging' : 'production';
  const entities: Entities = [
    {
      uid: agent,
      attrs: {
        owner: { __entity: owner },
        name: `agent ${at % 1000}`,
        purpose: 'Pays the invoices of the week',
        environment,
      },
      parents: group.id === another.id ? [group] : [group, another],
    },
    { uid: group, attrs: { department: 'finance' }, parents: [] },
    ...(group.id === another.id ? [] : [{ uid: another, attrs: { department: 'operations' }, parents: [] }]),
    { uid: owner, attrs: { department: 'finance', country: 'DE' }, parents: [] },
    { uid: action, attrs: {}, parents: [name('Action', 'call')] },
    { uid: resource, attrs: { name: `tool${tool}` }, parents: [upstream] },
    { uid: upstream, attrs: { environment: 'production' }, parents: [] },
  ];
  return { principal: agent, action, resource, context: generateContext(at, agent, owner), entities };
}

/** About 1 KB of JSON. */
function generateContext(at: number, agent: TypeAndId, owner: TypeAndId): Context {
  const link = {
    id: `dlg_0000000000000000000000${at % 1000}`,
    purpose: 'Pay invoices',
    agent: { __entity: agent },
    effects: ['read', 'spend'],
  };
  return {
    args: {
      amount: (at * 31) % 6000,
      path: `/data/${at % 60}/report-${at % 7}.${at % 3 === 0 ? 'csv' : 'txt'}`,
      region: ['eu', 'us', `region-${at % 12}`][at % 3] ?? 'eu',
      rows: (at * 17) % 2000,
      note: 'Quarterly payment for the hosting of the shop, as agreed with the supplier in March',
      recipients: ['billing@example.com', 'owner@example.com'],
    },
    unmapped: [],
    effects: at % 9 === 0 ? ['write', 'admin'] : ['read', 'spend'],
    dataDomain: 'payments',
    environment: 'production',
    confirmed: at % 6 !== 0,
    ...(at % 2 === 0 ? { spend: { minor: (at * 13) % 9000, currency: 'EUR' } } : {}),
    task: {
      id: `tsk_0000000000000000000000${at % 1000}`,
      purpose: 'Pay what is due this week',
      ageSeconds: at % 600,
      calls: at % 80,
      spendMinor: (at * 7) % 80000,
    },
    chain: { length: 1, root: { __entity: owner }, links: [link.id], first: link, last: link },
    token: { binding: 'dpop' },
    time: { __extn: { fn: 'datetime', arg: '2026-06-01T12:00:00.000Z' } },
  };
}

function name(type: string, id: string): TypeAndId {
  return { type: `Countersign::${type}`, id };
}
