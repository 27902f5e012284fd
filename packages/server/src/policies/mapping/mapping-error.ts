/** Why no question can be made of a message (COAZ §Denials and Errors); nothing may be let through. Holds no values. */
export class MappingError extends Error {
  constructor(detail: string) {
    super(`COAZ mapping error: ${detail}`.slice(0, 300));
  }
}
