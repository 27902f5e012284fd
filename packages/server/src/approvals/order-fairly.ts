interface Waiting {
  readonly id: string;
  readonly agent_id: string;
}

/**
 * Requests that wait, newest first, but agent by agent in turn: the newest of each agent, then the second of each. However
 * much one agent asks, what the others ask stays among the first.
 */
export function orderFairly<Row extends Waiting>(newestFirst: readonly Row[]): readonly Row[] {
  const turns: Row[][] = [];
  const seen = new Map<string, number>();
  for (const row of newestFirst) {
    const turn = seen.get(row.agent_id) ?? 0;
    seen.set(row.agent_id, turn + 1);
    const members = turns[turn];
    if (members === undefined) turns[turn] = [row];
    else members.push(row);
  }
  return turns.flat();
}
