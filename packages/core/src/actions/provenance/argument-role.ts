/** What an argument is for: where something goes, how much of it, what is acted upon, and what is said. */
export const ARGUMENT_ROLES = ['destination', 'amount', 'target', 'content'] as const;
export type ArgumentRoleName = (typeof ARGUMENT_ROLES)[number];

export interface ArgumentRole {
  /** An RFC 6901 pointer into the arguments, in which `*` means every item of an array or member of an object. */
  readonly pointer: string;
  readonly role: ArgumentRoleName;
}
