/** How other nouns bring what they remember up to what the database says; handed in, because they stand on this one. */
export interface OtherRefreshers {
  /** Those named, or all that are open. */
  approvals(ids?: readonly string[]): Promise<void>;
  policies(): Promise<void>;
  signingKeys(): Promise<void>;
  upstream(name: string): Promise<void>;
  /** All of which anything changed. */
  upstreams(): Promise<void>;
}

export interface Refreshers extends OtherRefreshers {
  stops(): Promise<void>;
  /** The keys of what was erased elsewhere. */
  evidence(): Promise<void>;
  /** Of this person, or of everybody. */
  risks(personId?: string): Promise<void>;
}
