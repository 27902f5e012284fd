import { keptLevels } from './ledger-layout.ts';
import type { RunStatement } from './ledger-statements.ts';
import { firstNodeOf } from './ledger-streams.ts';
import { foldHashes, readHashes, type TreeRows } from './read-tree.ts';

const groupsAtOnce = 256;

/** Earlier databases keep every eighth level only. The first row is written last: what was cut short is begun again. */
export async function keepMissingNodes(
  run: RunStatement,
  stream: number,
  rows: TreeRows,
  size: number,
): Promise<void> {
  const group = 2 ** keptLevels;
  for (let level = keptLevels; 2 ** level <= size; level += 2 * keptLevels) {
    const [first] = await rows.readNodes(level, 0, 1);
    if (first !== undefined) continue;
    const end = Math.floor(size / 2 ** level);
    for (let at = Math.floor((end - 1) / groupsAtOnce) * groupsAtOnce; at >= 0; at -= groupsAtOnce) {
      const count = Math.min(groupsAtOnce, end - at);
      const below = await readHashes(rows, level - keptLevels, at * group, count * group);
      for (let position = count - 1; position >= 0; position -= 1) {
        const hash = foldHashes(below.slice(position * group, (position + 1) * group));
        await run(
          'INSERT INTO ledger_nodes (level, position, hash) VALUES (?, ?, ?) ON CONFLICT (level, position) DO NOTHING',
          ...[level, firstNodeOf(stream, level) + at + position, hash],
        );
      }
    }
  }
}
