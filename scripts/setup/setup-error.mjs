/** A failure the reader can act on: its message is shown alone, without a stack. */
export class SetupError extends Error {}
