import type { SeenText } from './seen-text.ts';

/** What a task has seen. The two are apart, so that no flood of untrusted text crowds out or hides what is proven. */
export interface Seen {
  readonly proven: SeenText;
  readonly unproven: SeenText;
  /** Whether what is in neither was seen nowhere. */
  readonly isComplete: boolean;
}
