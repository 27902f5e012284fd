import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** What shows what records say, or what was made of them: the route, the verb it calls, and where that is put on record. */
const readsEvidence: readonly (readonly [route: string, verb: string, recorder: string])[] = [
  ['approvals/groups/routes.ts /groups/{id}', 'loadGroup', 'approvals/get-approval.ts'],
  ['approvals/page/group/routes.ts /approvals/groups/:id', 'loadGroup', 'approvals/get-approval.ts'],
  ['approvals/page/routes.ts /approvals/:id', 'getApproval', 'approvals/get-approval.ts'],
  ['approvals/receipts/routes.ts /{id}/receipt', 'getReceipt', 'approvals/receipts/get-receipt.ts'],
  [
    'approvals/receipts/routes.ts /{id}/receipt/proof',
    'getReceiptProof',
    'approvals/receipts/get-receipt.ts',
  ],
  ['approvals/routes.ts /', 'listApprovals', 'approvals/list-approvals.ts'],
  ['approvals/routes.ts /{id}', 'getApproval', 'approvals/get-approval.ts'],
  ['approvals/signing/routes.ts /approvals/glass/:id', 'viewGlass', 'approvals/get-approval.ts'],
  ['exposure/evidence/page/routes.ts /evidence/:id', 'getEvidence', 'exposure/evidence/list-evidence.ts'],
  // Signing a form begins with getting the report, as its reader.
  [
    'exposure/evidence/page/routes.ts /evidence/:id/report.<form>',
    'signForm',
    'exposure/evidence/list-evidence.ts',
  ],
  [
    'exposure/evidence/page/routes.ts /evidence/:id/report.<form>.sig',
    'signForm',
    'exposure/evidence/list-evidence.ts',
  ],
  ['exposure/evidence/routes.ts /evidence/reports/{id}', 'getEvidence', 'exposure/evidence/list-evidence.ts'],
  [
    'exposure/evidence/routes.ts /evidence/reports/{id}/forms/{form}',
    'signForm',
    'exposure/evidence/list-evidence.ts',
  ],
  [
    'exposure/evidence/routes.ts /evidence/reports/{id}/oscal',
    'getEvidence',
    'exposure/evidence/list-evidence.ts',
  ],
  ['ledger/bundles/routes.ts /bundle', 'makeBundle', 'ledger/bundles/make-bundle.ts'],
  ['ledger/causality/routes.ts /records/{id}/impact', 'traceImpact', 'ledger/causality/explain-record.ts'],
  ['ledger/causality/routes.ts /records/{id}/why', 'explainRecord', 'ledger/causality/explain-record.ts'],
  ['ledger/queries/routes.ts /queries', 'listQueries', 'ledger/queries/list-queries.ts'],
  ['ledger/queries/routes.ts /queries/{name}', 'getQuery', 'ledger/queries/get-query.ts'],
  ['ledger/reads/routes.ts /readers', 'listReaders', 'ledger/reads/list-readers.ts'],
  ['ledger/routes.ts /', 'searchLedger', 'ledger/search-ledger.ts'],
  ['ledger/routes.ts /export', 'exportLedger', 'ledger/export-ledger.ts'],
  ['ledger/routes.ts /records/{id}', 'getRecord', 'ledger/get-record.ts'],
  ['ledger/routes.ts /stream', 'tailLedger', 'ledger/tail-ledger.ts'],
];

/** What shows how things stand, or what is public anyway; paths by file, divided by spaces. */
const showsState: Readonly<Record<string, string>> = {
  'agents/routes.ts': '/ /{id} /{id}/peers',
  'approvals/attention/routes.ts': '/attention',
  'approvals/break-glass/routes.ts': '/glass',
  'approvals/duty/routes.ts': '/duties',
  'approvals/grants/routes.ts': '/grants',
  'approvals/notices/page/routes.ts': '/manifest.webmanifest /push-icon.svg /push-worker.js',
  'approvals/notices/routes.ts': '/channels /notices /devices /{id}/channels',
  'approvals/page/routes.ts': '/approvals/checks',
  'approvals/receipts/routes.ts':
    '/.well-known/jwt-vc-issuer /approvals/receipts/v1 /approvals/receipts/status/:list',
  'approvals/routing/routes.ts': '/rotas',
  'approvals/signing/routes.ts': '/approvals/duties/:id',
  'approvals/stream/routes.ts': '/stream',
  'delegations/routes.ts': '/ /{id}',
  'exposure/evidence/page/routes.ts': '/evidence',
  'exposure/evidence/routes.ts': '/evidence/frameworks /evidence/reports',
  'exposure/routes.ts': '/drills /drills/schedule /drills/runs /drills/runs/{id}',
  'http/app.ts': '/pages/:file /livez /version /readyz /healthz',
  'ledger/erasure/page/routes.ts': '/ledger/erasures/:id',
  'ledger/erasure/routes.ts': '/erasures /holds /key-copies /clock',
  'ledger/routes.ts': '/checkpoint /consistency /index /streams /witnesses',
  'ledger/sinks/routes.ts': '/ /{name}/refused',
  'ledger/tiles/routes.ts': '/:stream/checkpoint /:stream/tile/*',
  'organisations/page/routes.ts': '/organisations/changes/:id',
  'organisations/routes.ts': '/ /{name}',
  'people/audit-access/page/routes.ts': '/people/audit-access/:id',
  'people/audit-access/routes.ts': '/audit-access',
  'people/oidc/routes.ts': '/sign-in/oidc/start /sign-in/oidc/link /sign-in/oidc/callback',
  'people/pages/routes.ts': '/sign-in /join /account /recover',
  'people/passkeys/routes.ts': '/{id}/passkeys /me/passkeys',
  'people/recovery/routes.ts': '/recoveries',
  'people/routes.ts': '/ /{id}',
  'people/scim/routes.ts':
    '/ServiceProviderConfig /ResourceTypes /ResourceTypes/:id /Schemas /Schemas/:id /Users /Users/:id /Groups /Groups/:id /Agents /Agents/:id',
  'people/scim/tokens/routes.ts': '/scim-tokens',
  'people/sessions/list/routes.ts': '/me/sessions /{id}/sessions',
  'people/sessions/routes.ts': '/me',
  'policies/modes/page/routes.ts': '/policies/modes/:id',
  'policies/modes/routes.ts': '/modes',
  'policies/routes.ts': '/{version} / /diff /limits /schema',
  'reviews/campaigns/page/routes.ts': '/reviews /reviews/items/:id /reviews/:id',
  'reviews/campaigns/routes.ts': '/ /due /{id} /{id}/report /schedule /items/{id}',
  'reviews/ghosts/routes.ts': '/ghosts',
  'reviews/handover/page/routes.ts': '/agents/handovers/:id',
  'reviews/handover/routes.ts': '/ /{id}',
  'secrets/routes.ts': '/ /report',
  'signals/models/routes.ts': '/{id}/models',
  'signals/risk/routes.ts': '/risks',
  'signals/routes.ts': '/ /gateways',
  'signals/streams/protocol/routes.ts': '/.well-known/ssf-configuration /ssf/jwks /ssf/status',
  'signals/streams/routes.ts': '/receivers /transmitters /streams',
  'tasks/grants/routes.ts': '/{id}/grant',
  'tasks/labels/page/routes.ts': '/tasks/declassifications/:id',
  'tasks/routes.ts': '/ /{id}',
  'tokens/authorize/routes.ts': '/oauth/authorize /consents/:id',
  'tokens/backchannel/routes.ts': '/{id}/notification-endpoint',
  'tokens/clients/routes.ts': '/clients /oauth/register/:id',
  'tokens/enforcement-points/routes.ts': '/enforcement-points',
  'tokens/routes.ts': [
    '/oauth/jwks',
    '/.well-known/openid-configuration<path>',
    '/.well-known/oauth-authorization-server<path>',
    ...['a2a/:upstream', 'http/:upstream', 'mcp', 'mcp/:upstream', 'models/:upstream'].map(
      (resource) => `/.well-known/oauth-protected-resource<path>/${resource}`,
    ),
  ].join(' '),
  'tokens/status/routes.ts': '/oauth/status/:list /oauth/acknowledgements/:digest /introspection-clients',
  'upstreams/connections/page/routes.ts': '/upstreams/:name/connect',
  'upstreams/connections/routes.ts': '/-/connections /{name}/connections',
  'upstreams/models/model-document.ts': '/models',
  'upstreams/routes.ts': '/ /{name} /{name}/tools /{name}/tools/{tool}',
};

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Every route that answers GET, wherever it is mounted: its file and its path. */
function listRoutes(): readonly string[] {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .sort();
  const routes = files.flatMap((file) =>
    [...read(file).matchAll(/method: 'get',\s*path: '([^']*)'|app\.get\(\s*['`](\/[^'`]*)['`]/g)].map(
      ([, path, page = '']) => `${file} ${path ?? page.replaceAll(/\$\{(\w+)\}/g, '<$1>')}`,
    ),
  );
  return [...new Set(routes)].sort();
}

describe('reading.every-route: what shows evidence', () => {
  it('is every route that is not known to show something else', () => {
    const state = Object.entries(showsState).flatMap(([file, paths]) =>
      paths.split(' ').map((path) => `${file} ${path}`),
    );
    const known = [...state, ...readsEvidence.map(([route]) => route)].sort();
    expect(listRoutes()).toEqual(known);
  });

  it.each(readsEvidence)('%s calls %s, which puts it on record in %s', (route, verb, recorder) => {
    expect(read(route.split(' ')[0] ?? '')).toMatch(new RegExp(`\\b${verb}\\(`));
    expect(read(recorder)).toMatch(/await recordRead\(|recordRead\(context/);
  });
});
