import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { AgentPanel } from './agents/agent-panel.tsx';
import { AgentsPage } from './agents/agents-page.tsx';
import { ApprovalsPage } from './approvals/approvals-page.tsx';
import { Failed, NotFound } from './frame/failed.tsx';
import { Frame } from './frame/frame.tsx';
import { LedgerPage } from './ledger/ledger-page.tsx';
import { RecordPanel } from './ledger/record-panel.tsx';
import { NowPage } from './now/now-page.tsx';
import {
  readAgentsSearch,
  readApprovalsSearch,
  readFrameSearch,
  readLedgerSearch,
  readNowSearch,
  readPageSearch,
  readSignalsSearch,
  readToolsSearch,
} from './search.ts';
import { SignalsPage } from './signals/signals-page.tsx';

const root = createRootRoute({
  component: Frame,
  errorComponent: Failed,
  notFoundComponent: NotFound,
  validateSearch: readFrameSearch,
});
const now = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: NowPage,
  validateSearch: readNowSearch,
});
const approvals = createRoute({
  getParentRoute: () => root,
  path: '/approvals',
  component: ApprovalsPage,
  validateSearch: readApprovalsSearch,
});
const agents = createRoute({
  getParentRoute: () => root,
  path: '/agents',
  component: AgentsPage,
  validateSearch: readAgentsSearch,
});
const agent = createRoute({ getParentRoute: () => agents, path: '$agentId', component: AgentPanel });
const ledger = createRoute({
  getParentRoute: () => root,
  path: '/ledger',
  component: LedgerPage,
  validateSearch: readLedgerSearch,
});
const record = createRoute({ getParentRoute: () => ledger, path: '$recordId', component: RecordPanel });
const signals = createRoute({
  getParentRoute: () => root,
  path: '/signals',
  component: SignalsPage,
  validateSearch: readSignalsSearch,
});

const policies = createRoute({
  getParentRoute: () => root,
  path: '/policies',
  component: lazyRouteComponent(() => import('./policies/policies-page.tsx'), 'PoliciesPage'),
  validateSearch: readPageSearch,
});
const bundle = createRoute({
  getParentRoute: () => policies,
  path: '$version',
  component: lazyRouteComponent(() => import('./policies/bundle-panel.tsx'), 'BundlePanel'),
});
const editor = createRoute({
  getParentRoute: () => root,
  path: '/policies/edit',
  component: lazyRouteComponent(() => import('./policies/editor-page.tsx'), 'EditorPage'),
});
const upstreams = createRoute({
  getParentRoute: () => root,
  path: '/upstreams',
  component: lazyRouteComponent(() => import('./upstreams/upstreams-page.tsx'), 'UpstreamsPage'),
  validateSearch: readPageSearch,
});
const upstream = createRoute({
  getParentRoute: () => root,
  path: '/upstreams/$upstream',
  component: lazyRouteComponent(() => import('./upstreams/tools-page.tsx'), 'ToolsPage'),
  validateSearch: readToolsSearch,
});

export const router = createRouter({
  routeTree: root.addChildren([
    now,
    approvals,
    agents.addChildren([agent]),
    ledger.addChildren([record]),
    signals,
    policies.addChildren([bundle]),
    editor,
    upstreams,
    upstream,
  ]),
  // Plain words in the address: nothing in it is anything but text until a route has read it.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const given = Object.entries(search).filter(([, value]) => typeof value === 'string');
    return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
