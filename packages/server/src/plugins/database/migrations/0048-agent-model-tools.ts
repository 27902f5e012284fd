/** Which tools agents offer their models, and when a change to one was last told. */
export const migration0048 = {
  name: '0048-agent-model-tools',
  statements: [
    'ALTER TABLE agent_models ADD COLUMN tools_digest TEXT',
    'ALTER TABLE agent_models ADD COLUMN told_at {integer}',
  ],
} as const;
