import { type CascadeSettings, CascadeTrail } from '@countersign/core';
import { RecentMap } from '../../platform/recent-map.ts';

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
  readonly agents: Map<string, AgentWork>;
}

const MOST_TREES = 10_000;
const MOST_AGENTS = 64;
const MOST_TASKS = 64;
/** How many agents' worth of refusals and children a whole tree has. */
const WHOLE = 3;

export class WorkTrails {
  readonly #settings: CascadeSettings;
  readonly #whole: CascadeSettings;
  readonly #trees = new RecentMap<TreeWork>(MOST_TREES);

  constructor(settings: CascadeSettings) {
    this.#settings = settings;
    this.#whole = {
      ...{ ...settings, sameCalls: 0, nearCalls: 0, cycles: 0, errors: 0 },
      children: settings.children * WHOLE,
      denials: settings.denials * WHOLE,
    };
  }

  get size(): number {
    return this.#trees.size;
  }

  findTree(root: string): TreeWork {
    const known = this.#trees.get(root);
    if (known !== undefined) return known;
    const tree = { whole: new CascadeTrail(this.#whole), agents: new Map() };
    this.#trees.add(root, tree);
    return tree;
  }

  /** Agents beyond the bound share one trail. */
  findAgent({ agents }: TreeWork, agent: string, task: string): AgentWork {
    const key = agents.has(agent) || agents.size < MOST_AGENTS ? agent : '';
    const known = agents.get(key) ?? { trail: new CascadeTrail(this.#settings), tasks: new Set() };
    agents.set(key, known);
    if (known.tasks.size < MOST_TASKS) known.tasks.add(task);
    return known;
  }

  forget(root: string): void {
    this.#trees.delete(root);
  }
}
