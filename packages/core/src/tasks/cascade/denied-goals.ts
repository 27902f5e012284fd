/** What a call is for: its tool and, as fingerprints, whom or what it is aimed at. */
export interface CallGoal {
  /** `<upstream>/<tool>`. */
  readonly tool: string;
  readonly aims: readonly number[];
}

const MOST_AIMS = 32;
const MOST_TOOLS = 16;

/** What was refused, so that the same is known when it is tried another way. Bounded; the first is forgotten first. */
export class DeniedGoals {
  /** By aim, the tool with which it was refused. */
  readonly #aims = new Map<number, string>();
  readonly #tools = new Set<string>();

  /** Whether this refused call is another try: the same aim with another tool, or the same tool with another aim. */
  isRetry({ tool, aims }: CallGoal): boolean {
    if (this.reaches({ tool, aims })) return true;
    return this.#tools.has(tool) && aims.length > 0 && !aims.every((aim) => this.#aims.has(aim));
  }

  /** Whether it aims at something that another tool was refused. */
  reaches({ tool, aims }: CallGoal): boolean {
    return aims.some((aim) => {
      const refused = this.#aims.get(aim);
      return refused !== undefined && refused !== tool;
    });
  }

  add({ tool, aims }: CallGoal): void {
    for (const aim of aims) {
      if (this.#aims.has(aim)) continue;
      forgetFirst(this.#aims, MOST_AIMS);
      this.#aims.set(aim, tool);
    }
    forgetFirst(this.#tools, MOST_TOOLS);
    this.#tools.add(tool);
  }

  clear(): void {
    this.#aims.clear();
    this.#tools.clear();
  }
}

function forgetFirst<Key>(
  known: { readonly size: number; keys(): Iterable<Key>; delete(key: Key): boolean },
  most: number,
): void {
  if (known.size < most) return;
  for (const first of known.keys()) {
    known.delete(first);
    return;
  }
}
