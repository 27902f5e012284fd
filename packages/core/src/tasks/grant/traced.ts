export type Origin = 'prompt' | 'plan' | 'delegation' | 'trusted' | 'untrusted' | 'model';

/** Where an argument is, as a JSON pointer (`*`: every item of an array), and what it does there. */
export interface ArgumentRole {
  readonly pointer: string;
  readonly role: 'destination' | 'amount' | 'target' | 'content';
}

export interface ArgumentTrace extends ArgumentRole {
  readonly value: string;
  readonly origins: ReadonlySet<Origin>;
  readonly worst: Origin;
}
