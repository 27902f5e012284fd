/** What one gateway wants another to hand over, or to give back: the id of a first task, or of what has a budget. */
export interface Asks {
  ask(subject: string): void;
  /** Where asks go from now on; nowhere before. */
  connect(tell: (subject: string) => void): void;
}

export function createAsks(): Asks {
  let tell: (subject: string) => void = () => {};
  return {
    ask: (subject) => tell(subject),
    connect(next) {
      tell = next;
    },
  };
}
