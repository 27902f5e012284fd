import type { Permission } from '@countersign/api';

export interface Destination {
  readonly to: '/' | '/approvals' | '/agents' | '/policies' | '/upstreams' | '/ledger' | '/signals';
  readonly name: string;
  /** Goes there after `g`. */
  readonly key: string;
  readonly permission?: Permission;
  /** SVG path in 20 by 20. */
  readonly icon: string;
}

export const destinations: readonly Destination[] = [
  { to: '/', name: 'Now', key: 'n', icon: 'M2 11h3.5l2.5-6 4 11 2.5-5H18' },
  {
    to: '/approvals',
    name: 'Approvals',
    key: 'a',
    permission: 'approvals.read',
    icon: 'M3 5.5h14v10H3zM3 11h4l1 2h4l1-2h4',
  },
  {
    to: '/agents',
    name: 'Agents',
    key: 'g',
    permission: 'agents.read',
    icon: 'M4.5 7.5h11v8h-11zM10 7.5V4M8 11v1M12 11v1M2 10.5v2.5M18 10.5v2.5',
  },
  {
    to: '/policies',
    name: 'Policies',
    key: 'p',
    permission: 'policies.read',
    icon: 'M10 2.5l6.5 2.5v4.5c0 4-2.8 6.6-6.5 8-3.7-1.4-6.5-4-6.5-8V5zM7 10l2 2 4-4',
  },
  {
    to: '/upstreams',
    name: 'Tools',
    key: 't',
    permission: 'upstreams.read',
    icon: 'M3.5 4.5h13v4h-13zM3.5 11.5h13v4h-13zM6 6.5h1M6 13.5h1',
  },
  {
    to: '/ledger',
    name: 'Ledger',
    key: 'l',
    permission: 'ledger.read',
    icon: 'M4 4h12M4 8h12M4 12h12M4 16h7',
  },
  {
    to: '/signals',
    name: 'Stops',
    key: 's',
    permission: 'signals.read',
    icon: 'M7 2.5h6L17.5 7v6L13 17.5H7L2.5 13V7zM7 10h6',
  },
];
