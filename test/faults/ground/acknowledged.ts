/** What a client was told, and so may rely on for ever. */
export type Told =
  | 'result'
  | 'denial'
  | 'approval.requested'
  | 'approval.granted'
  | 'task.opened'
  | 'task.ended'
  | 'token.issued';

export interface Acknowledged {
  readonly told: Told;
  /** The mark of a call, or the id of what came to be. */
  readonly id: string;
}
