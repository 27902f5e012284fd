/** The most bytes of an answer, where an upstream's settings name none. */
export const defaultMaxResultBytes = 8 * 1024 * 1024;
/** The same of a body that is passed on as it comes. */
export const defaultStreamBytes = 256 * 1024 * 1024;
