import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes long: begun last, one worker would do it alone while the other has nothing left. */
const long = [
  'test/docs/docs',
  ...['drills', 'stdio-bridge', 'cli', 'witnessed-ledger', 'asked-cli', 'demo'].map(
    (name) => `test/scenarios/${name}`,
  ),
  ...['people/scim/groups/groups', 'ledger/sinks/outage', 'plugins/database/sqlite/sqlite-store'].map(
    (name) => `packages/server/src/${name}`,
  ),
  ...['approval-kill', 'approval-kill-postgres'].map((name) => `test/faults/${name}`),
];

/** As vitest orders files, but for the long ones. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) =>
      long.some((name) => moduleId.endsWith(`/${name}.test.ts`));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
