/** What a gateway must look up again; `everything` when it is not known what. */
export const changeKinds = [
  'agent',
  'approval',
  'card',
  'connections',
  'everything',
  'evidence',
  'keys',
  'lease',
  'organisations',
  'person',
  'policies',
  'secrets',
  'stops',
  'task',
  'tokens',
  'upstream',
] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** Kinds that name one of theirs. */
export const subjectKinds: ReadonlySet<ChangeKind> = new Set([
  'agent',
  'approval',
  'card',
  'lease',
  'person',
  'task',
  'upstream',
]);

/** Says only where to look: what is there now, the database says. */
export interface Change {
  readonly kind: ChangeKind;
  /** Id, or name of an upstream; absent for kinds that have no subjects. */
  readonly subject?: string;
}
