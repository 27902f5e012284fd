/** What an agent tries to do, in the words policies use. */
export const OPERATIONS = [
  'call',
  'read_resource',
  'get_prompt',
  'discover',
  'complete',
  'subscribe',
  'follow_up',
  'notify',
  'call_model',
  'call_agent',
] as const;

export type Operation = (typeof OPERATIONS)[number];
