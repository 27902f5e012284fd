/** Which protocol an action goes out over. */
export const ACTION_KINDS = ['mcp', 'http', 'model', 'agent'] as const;

export type ActionKind = (typeof ACTION_KINDS)[number];
