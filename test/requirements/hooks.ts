import { behaviour } from './requirement.ts';

/** What never crosses the gateway, and is asked for all the same. */
export const hooks = [
  behaviour(
    'hook.claude',
    'test/scenarios/claude-hooks.test.ts',
    'HTTP hooks of Claude Code are answered by the policies in force, and sessions forget nothing.',
  ),
];
