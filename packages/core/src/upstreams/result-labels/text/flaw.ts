/** The text is not what it was read as; nothing of what was read before counts. */
export class TextFlaw extends Error {}

/** Nested values; deeper ones are not read. */
export const DEEPEST = 64;

export const MOST_MEMBERS = 20_000;
