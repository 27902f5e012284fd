import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes a minute or more: begun last, one worker would do it alone while the other has nothing left. */
const long = [
  'docs/docs',
  'scenarios/drills',
  'scenarios/stdio-bridge',
  'scenarios/cli',
  'scenarios/witnessed-ledger',
];

/** As vitest orders files, but for the long ones. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) =>
      long.some((name) => moduleId.endsWith(`test/${name}.test.ts`));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
