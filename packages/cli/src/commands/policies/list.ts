import { defineCommand } from '../../command.ts';
import { type BundleFacts, bundleFields } from './bundle.ts';

export const listPolicies = defineCommand({
  usage: 'list',
  summary: 'bundles, newest first',
  async run(session) {
    session.print.rows(await session.api().list<BundleFacts>('/v1/policies'), bundleFields, 'no bundles');
    return undefined;
  },
});
