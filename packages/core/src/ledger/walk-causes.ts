import type {
  CausalEdge,
  CausalGap,
  CausalGraph,
  CausalLink,
  CausalNode,
  CausalRecord,
  CausalSource,
  FoundRecords,
} from './causal-graph.ts';
import { findGaps, makeGap } from './find-gaps.ts';
import { linkTold, listJoins } from './link-told.ts';
import { type Claim, listClaims } from './list-claims.ts';

export interface WalkBounds {
  /** Of the graph, those in context too. */
  readonly nodes: number;
  /** Steps from the record that is asked about. */
  readonly depth: number;
  /** Records that are read beside one: its followers, what was told of it, what it had in context. */
  readonly beside: number;
  /** Asked before each few reads: true ends the walk, and the answer says that it is not whole. */
  readonly isOver?: () => boolean;
}

export const WALK_BOUNDS: WalkBounds = { nodes: 256, depth: 64, beside: 64 };

/** At once, of one walk: others read the ledger, too. */
const READS_AT_ONCE = 16;
/** Names of records that are not there: whoever wrote them may have written any number. */
const MOST_MISSING = 1024;
const MOST_GAPS = 1024;

/** From an effect back to what it followed from. Throws only what the source throws. */
export function walkBack<R extends CausalRecord>(
  source: CausalSource<R>,
  effect: R,
  bounds: WalkBounds = WALK_BOUNDS,
): Promise<CausalGraph<R>> {
  return new Walk(source, effect, 'back', bounds).run();
}

/** From a cause on to all that followed from it, in other tasks and of other agents too. Throws only what the source throws. */
export function walkOn<R extends CausalRecord>(
  source: CausalSource<R>,
  cause: R,
  bounds: WalkBounds = WALK_BOUNDS,
): Promise<CausalGraph<R>> {
  return new Walk(source, cause, 'on', bounds).run();
}

interface Step<R> {
  readonly edge: CausalEdge;
  readonly record: R;
}

class Walk<R extends CausalRecord> {
  readonly #source: CausalSource<R>;
  readonly #root: R;
  readonly #direction: 'back' | 'on';
  readonly #bounds: WalkBounds;
  readonly #nodes = new Map<string, CausalNode<R>>();
  readonly #edges = new Map<string, CausalEdge>();
  readonly #gaps = new Map<string, CausalGap>();
  /** Named, and not there. */
  readonly #missing = new Set<string>();
  /** Records beside which not all was read or taken: what is not here may be known all the same. */
  readonly #partial = new Set<string>();
  #truncated = false;

  constructor(source: CausalSource<R>, root: R, direction: 'back' | 'on', bounds: WalkBounds) {
    this.#source = source;
    this.#root = root;
    this.#direction = direction;
    this.#bounds = bounds;
    this.#nodes.set(root.id, { record: root, distance: 0 });
  }

  async run(): Promise<CausalGraph<R>> {
    let level: readonly R[] = [this.#root];
    for (let distance = 1; level.length > 0; distance += 1) {
      if (distance > this.#bounds.depth) {
        for (const { id } of level) this.#leaveOut(id);
        break;
      }
      level = await this.#walkLevel(level, distance);
    }
    await this.#addContext();
    this.#noteGaps();
    return {
      record: this.#root,
      nodes: [...this.#nodes.values()].sort(byDistance),
      edges: [...this.#edges.values()],
      gaps: [...this.#gaps.values()],
      truncated: this.#truncated,
    };
  }

  /** All that is a step further on than these, and was not here yet. */
  async #walkLevel(level: readonly R[], distance: number): Promise<readonly R[]> {
    const taken = this.#direction === 'back' ? await this.#takeCauses(level, distance) : [];
    const few = READS_AT_ONCE / 2;
    for (let at = 0; at < level.length; at += few) {
      // What is full already may still have an edge to learn of, but not once it is known not to be whole.
      if (this.#isOver() || (this.#isFull() && this.#truncated)) {
        for (const { id } of level.slice(at)) this.#leaveOut(id);
        break;
      }
      const steps = await Promise.all(level.slice(at, at + few).map((record) => this.#readBeside(record)));
      taken.push(...this.#take(steps.flat(), distance));
    }
    return taken;
  }

  /** Reads each record once, however many name it, and none that is here or that there is no room for. */
  async #takeCauses(level: readonly R[], distance: number): Promise<R[]> {
    const claims = level.flatMap((record) => listClaims(record).map((claim) => ({ record, claim })));
    const wanted = new Set(claims.map(({ claim }) => claim.id));
    const ids = [...wanted].filter((id) => !this.#nodes.has(id) && !this.#missing.has(id));
    const taken: R[] = [];
    for (let at = 0; at < ids.length && !this.#isOver() && this.#missing.size < MOST_MISSING; ) {
      const some = ids.slice(at, at + Math.min(READS_AT_ONCE, this.#bounds.nodes - this.#nodes.size));
      if (some.length === 0) break;
      const found = await Promise.all(some.map((id) => this.#source.get(id)));
      for (const [index, id] of some.entries()) {
        const record = found[index];
        if (record === undefined) this.#missing.add(id);
        else {
          this.#nodes.set(id, { record, distance });
          taken.push(record);
        }
      }
      at += some.length;
    }
    for (const { record, claim } of claims) {
      const cause = this.#nodes.get(claim.id)?.record;
      if (cause !== undefined) this.#addEdge(makeEdge(cause, record, claim));
      else if (this.#missing.has(claim.id)) this.#addGap(makeGap(record.id, 'missing', claim.id));
      else this.#leaveOut(record.id);
    }
    return taken;
  }

  async #readBeside(record: R): Promise<readonly Step<R>[]> {
    const [named, told] = await Promise.all([
      this.#direction === 'back' ? this.#readPolicy(record) : this.#readFollowers(record),
      this.#readTold(record),
    ]);
    return [...named, ...told];
  }

  /** All records of an action from its decision on name them; one of them is enough. */
  async #readPolicy(record: R): Promise<readonly Step<R>[]> {
    const { kind, policyVersion } = record;
    if (kind !== 'action.decision' || policyVersion === undefined || policyVersion === '') return [];
    const found = await this.#source.policy?.(policyVersion, record);
    if (found === undefined) {
      this.#addGap(makeGap(record.id, 'policy_unknown', policyVersion));
      return [];
    }
    const edge = { from: found.id, to: record.id, link: 'policy', detail: policyVersion } as const;
    return [{ record: found, edge }];
  }

  async #readFollowers(record: R): Promise<readonly Step<R>[]> {
    const found = await this.#source.followers(record, this.#bounds.beside);
    this.#noteMore(record, found);
    return found.records.flatMap((follower) => {
      const claim = listClaims(follower).find(({ id }) => id === record.id);
      if (claim === undefined) return [];
      if (this.#isOtherDrill(follower)) {
        this.#addGap(makeGap(record.id, 'drill_left_out'));
        return [];
      }
      return [{ record: follower, edge: makeEdge(record, follower, claim) }];
    });
  }

  async #readTold(record: R): Promise<readonly Step<R>[]> {
    const { told } = this.#source;
    const by = listJoins(record);
    if (told === undefined || by === undefined) return [];
    const found = await told.call(this.#source, by, this.#bounds.beside);
    this.#noteMore(record, found);
    if (found.records.some(({ agent }) => agent !== record.agent))
      this.#addGap(makeGap(record.id, 'told_by_others'));
    return found.records.flatMap((other) => {
      const edge = linkTold(record, other);
      const isAhead = this.#direction === 'back' ? edge?.to === record.id : edge?.from === record.id;
      return edge !== undefined && isAhead ? [{ record: other, edge }] : [];
    });
  }

  /** The records that were not here yet, as far as there is room for them. */
  #take(steps: readonly Step<R>[], distance: number): readonly R[] {
    const taken: R[] = [];
    for (const { record, edge } of steps) {
      if (!this.#nodes.has(record.id)) {
        if (this.#isFull()) {
          this.#leaveOut(edge.to);
          continue;
        }
        this.#nodes.set(record.id, { record, distance });
        // What policies there were before says nothing of this effect.
        if (edge.link !== 'policy') taken.push(record);
      }
      this.#addEdge(edge);
    }
    return taken;
  }

  /** Beside calls on the way back, what had been read; beside a result on the way on, what was asked for later. Not walked on from. */
  async #addContext(): Promise<void> {
    const { context } = this.#source;
    if (context === undefined) return;
    const direction = this.#direction;
    const kind = direction === 'back' ? 'action.intent' : 'action.outcome';
    const [nearest] = [...this.#nodes.values()].sort(byDistance).filter(({ record }) => record.kind === kind);
    if (nearest === undefined || this.#isOver()) return;
    const { record, distance } = nearest;
    const found = await context.call(this.#source, record, direction, this.#bounds.beside);
    this.#noteMore(record, found);
    for (const other of found.records) {
      if (this.#nodes.has(other.id) || this.#isOtherDrill(other)) continue;
      if (this.#isFull()) {
        this.#truncated = true;
        return;
      }
      this.#nodes.set(other.id, { record: other, distance: distance + 1, isContext: true });
      const [from, to] = direction === 'back' ? [other.id, record.id] : [record.id, other.id];
      this.#addEdge({ from, to, link: 'context' });
    }
  }

  #noteGaps(): void {
    const into = new Map<string, CausalEdge[]>();
    for (const edge of this.#edges.values()) into.set(edge.to, [...(into.get(edge.to) ?? []), edge]);
    for (const { record, isContext } of this.#nodes.values()) {
      if (isContext === true) continue;
      // On the way on only what led from the record asked about is looked for.
      const gaps = findGaps(record, into.get(record.id) ?? []);
      const isKnown = this.#direction === 'back' && !this.#partial.has(record.id);
      for (const gap of gaps) if (isKnown || gap.code === 'erased') this.#addGap(gap);
    }
  }

  #isOver(): boolean {
    return this.#bounds.isOver?.() === true;
  }

  #isFull(): boolean {
    return this.#nodes.size >= this.#bounds.nodes;
  }

  #leaveOut(id: string): void {
    this.#truncated = true;
    this.#partial.add(id);
  }

  #isOtherDrill({ drill }: R): boolean {
    return drill !== undefined && drill !== this.#root.drill;
  }

  #noteMore({ id }: R, { hasMore }: FoundRecords<R>): void {
    if (!hasMore) return;
    this.#truncated = true;
    this.#addGap(makeGap(id, 'not_all_read'));
  }

  #addGap(gap: CausalGap): void {
    if (this.#gaps.size < MOST_GAPS) this.#gaps.set(`${gap.at} ${gap.code} ${gap.text}`, gap);
    else this.#truncated = true;
  }

  /** Of two edges between the same records the closer one tells more. */
  #addEdge(edge: CausalEdge): void {
    const key = `${edge.from} ${edge.to}`;
    const known = this.#edges.get(key);
    if (known === undefined || closenessOf(edge.link) > closenessOf(known.link)) this.#edges.set(key, edge);
  }
}

/** What models were shown and asked for follows more closely from that than by being named. */
function makeEdge(from: CausalRecord, to: CausalRecord, { link, detail }: Claim): CausalEdge {
  const ends = { from: from.id, to: to.id };
  // The words a task was opened with.
  if (link === 'cause' && from.kind === 'task.prompt_given') return { ...ends, link: 'prompt' };
  if (link === 'cause' && from.kind === 'action.outcome' && to.kind === 'action.intent') {
    if (to.body?.predicted === true && from.body?.model !== undefined) return { ...ends, link: 'model' };
    if (to.body?.model !== undefined) return { ...ends, link: 'prompt', detail: 'shown to a model' };
  }
  return { ...ends, link, ...(detail === undefined ? {} : { detail }) };
}

const CLOSENESS: readonly CausalLink[] = [
  'context',
  'trace',
  'tool_call',
  'cause',
  'policy',
  'model',
  'prompt',
  'value',
];

function closenessOf(link: CausalLink): number {
  return CLOSENESS.indexOf(link);
}

function byDistance(one: CausalNode, other: CausalNode): number {
  if (one.isContext !== other.isContext) return one.isContext === true ? 1 : -1;
  return (
    one.distance - other.distance ||
    other.record.at - one.record.at ||
    (one.record.id < other.record.id ? 1 : -1)
  );
}
