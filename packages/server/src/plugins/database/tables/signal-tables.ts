import type { Fixed, Json } from './column.ts';

/** What others are told of. */
export interface SignalTables {
  security_events: {
    id: Fixed<string>;
    /** Of CAEP or RISC; see `security-event.ts`. */
    kind: Fixed<string>;
    /** Whom it is about: a person or an agent. */
    person_id: Fixed<string | null>;
    agent_id: Fixed<string | null>;
    reason: Fixed<string>;
    facts: Fixed<Json>;
    /** The ledger record it follows from. */
    record: Fixed<string>;
    at: Fixed<number>;
  };
}
