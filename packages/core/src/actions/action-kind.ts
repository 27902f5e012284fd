/** Which protocol an action goes out over; `hook` for what a program does itself, after it has asked. */
export const ACTION_KINDS = ['mcp', 'http', 'model', 'agent', 'hook'] as const;

export type ActionKind = (typeof ACTION_KINDS)[number];
