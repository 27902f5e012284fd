/** Remembers, away from a store's file, how often it has changed: an older copy put in its place is found out. */
export interface GenerationMemory {
  /** The highest number saved so far. */
  readonly seen: number;
  /** Begins to keep a higher number; may be called inside a transaction, which it does not take part in. */
  save(generation: number): void;
  /** Waits for what `save` began. */
  settle(): Promise<void>;
  /** Does the work while no other gateway of the deployment changes the file; absent where there is no other. */
  alone?<T>(work: () => Promise<T>): Promise<T>;
}
