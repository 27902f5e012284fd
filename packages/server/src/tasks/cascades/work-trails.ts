import { type CascadeSettings, CascadeTrail } from '@countersign/core';
import { RecentMap } from '../../platform/recent-map.ts';
import type { RefusedCounts, Work } from './cascades.ts';

/** What is remembered of one agent under a first task. */
export interface AgentWork {
  readonly trail: CascadeTrail;
  /** Tasks in which it was seen, for their calls to be cut. */
  readonly tasks: Set<string>;
}

/** What is remembered of a first task and those inside it. */
export interface TreeWork {
  /** Over all agents, with room for several; none alone can fill it. */
  readonly whole: CascadeTrail;
  readonly agents: Set<string>;
}

const MOST_TREES = 10_000;
const MOST_TRAILS = 20_000;
const MOST_AGENTS = 64;
const MOST_TASKS = 64;
/** How many agents' worth of refusals and children a whole tree has. */
const WHOLE = 3;

/** Who was not at work for longest is forgotten first. */
export class WorkTrails {
  readonly #settings: CascadeSettings;
  readonly #whole: CascadeSettings;
  readonly #trees = new RecentMap<TreeWork>(MOST_TREES);
  readonly #agents = new RecentMap<AgentWork>(MOST_TRAILS);

  constructor(settings: CascadeSettings) {
    this.#settings = settings;
    this.#whole = {
      ...{ ...settings, sameCalls: 0, nearCalls: 0, cycles: 0, errors: 0 },
      children: settings.children * WHOLE,
      denials: settings.denials * WHOLE,
    };
  }

  get size(): number {
    return this.#trees.size + this.#agents.size;
  }

  findTree(root: string): TreeWork {
    const known = this.#trees.get(root);
    if (known !== undefined) return known;
    const tree = { whole: new CascadeTrail(this.#whole), agents: new Set<string>() };
    this.#trees.add(root, tree);
    return tree;
  }

  /** Agents beyond the bound share one trail. */
  findAgent({ root, agent, task }: Work): AgentWork {
    const { agents } = this.findTree(root);
    const name = agents.has(agent) || agents.size < MOST_AGENTS ? agent : '';
    agents.add(name);
    const key = `${root} ${name}`;
    const known = this.#agents.get(key) ?? { trail: new CascadeTrail(this.#settings), tasks: new Set() };
    if (known.tasks.size === 0) this.#agents.add(key, known);
    if (known.tasks.size < MOST_TASKS) known.tasks.add(task);
    return known;
  }

  /** Begins the counts of the tree anew, and those of one agent in it, or (null) of all. */
  clear(root: string, agent: string | null): void {
    const { whole, agents } = this.findTree(root);
    whole.clear();
    for (const name of agent === null ? agents : [agent]) this.#agents.get(`${root} ${name}`)?.trail.clear();
  }

  countRefused(root: string): RefusedCounts {
    const tree = this.#trees.get(root);
    const counts = [...(tree?.agents ?? [])].map((name) => {
      return [name, this.#agents.get(`${root} ${name}`)?.trail.denials ?? 0] as const;
    });
    return [tree?.whole.denials ?? 0, Object.fromEntries(counts.filter(([, denials]) => denials > 0))];
  }

  /** What was counted here before is part of what was counted since. */
  raiseRefused(root: string, [whole, byAgent]: RefusedCounts): void {
    if (whole === 0) return;
    this.findTree(root).whole.raiseDenials(whole);
    for (const [agent, denials] of Object.entries(byAgent))
      this.findAgent({ root, agent, task: root }).trail.raiseDenials(denials);
  }

  forget(root: string): void {
    for (const name of this.#trees.delete(root)?.agents ?? []) this.#agents.delete(`${root} ${name}`);
  }
}
