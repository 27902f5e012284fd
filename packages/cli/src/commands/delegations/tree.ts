import { describeNarrowing } from '@countersign/core';
import { defineCommand } from '../../command.ts';
import type { ControlClient } from '../../control/control-client.ts';
import { showHonestly } from '../../output/honest-text.ts';
import { nameAgents } from '../agents/agent.ts';
import type { Delegation } from './delegation.ts';

interface Branch extends Delegation {
  readonly below: readonly Branch[];
}

const mostShown = 500;

export const treeDelegations = defineCommand<{ all?: boolean }>({
  usage: 'tree <delegation>',
  summary: 'everything that was passed on, from the person down, and what each step dropped',
  options: [{ flags: '--all', summary: 'also what has ended' }],
  async run(session, { all }, id = '') {
    const api = session.api();
    const path = `/v1/delegations/${encodeURIComponent(id)}`;
    const { chain } = await api.get<{ readonly chain: readonly Delegation[] }>(path);
    const [root] = chain;
    if (root === undefined) return undefined;
    const budget = { left: mostShown };
    const tree = await grow(api, root, { all: all === true, budget });
    if (session.json) session.print.line(tree, '');
    else {
      const names = await nameAgents(api);
      for (const line of draw(tree, { names, marked: id, depth: 0, parent: undefined }))
        session.print.text(line);
    }
    if (budget.left <= 0) session.print.note(`only the first ${mostShown} are shown`);
    return undefined;
  },
});

interface Growth {
  readonly all: boolean;
  readonly budget: { left: number };
}

async function grow(api: ControlClient, delegation: Delegation, growth: Growth): Promise<Branch> {
  const { budget, all } = growth;
  const query = { parentId: delegation.id, limit: 200 };
  const children = budget.left > 0 ? await api.list<Delegation>('/v1/delegations', query, budget.left) : [];
  const shown = children.filter(({ state }) => all || state === 'active').toReversed();
  budget.left -= shown.length;
  const below: Branch[] = [];
  for (const child of shown) below.push(await grow(api, child, growth));
  return { ...delegation, below };
}

interface Place {
  readonly names: ReadonlyMap<string, string>;
  /** The delegation that was asked for. */
  readonly marked: string;
  readonly depth: number;
  readonly parent: Branch | undefined;
}

function draw(branch: Branch, place: Place): string[] {
  const { names, marked, depth, parent } = place;
  const indent = '  '.repeat(depth);
  const name = (id: string | null): string => showHonestly(names.get(id ?? '') ?? id ?? '-');
  const from = depth === 0 ? `${name(branch.fromPersonId ?? branch.fromAgentId)} → ` : '→ ';
  const state = branch.state === 'active' ? '' : `  ${branch.state}`;
  const mark = branch.id === marked ? '  ←' : '';
  const dropped = parent === undefined ? branch.description : describeNarrowing(parent.limits, branch.limits);
  return [
    `${indent}${from}${name(branch.agentId)}  ${branch.id}${state}  “${showHonestly(branch.purpose)}”${mark}`,
    ...dropped.map((sentence) => `${indent}    ${showHonestly(sentence)}`),
    ...branch.below.flatMap((child) => draw(child, { ...place, depth: depth + 1, parent: branch })),
  ];
}
