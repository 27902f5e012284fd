import { behaviour } from './requirement.ts';

/** What never crosses the gateway, and is asked for all the same. */
export const hooks = [
  behaviour(
    'hook.claude',
    'test/scenarios/claude-hooks.test.ts',
    'HTTP hooks of Claude Code are answered by the policies in force, and sessions forget nothing.',
  ),
  behaviour(
    'hook.ai',
    'test/hooks/ai.test.ts',
    'With the AI SDK, a denied call never runs, a call that waits for a person runs once, and no answer is a denial.',
  ),
  behaviour(
    'hook.openai',
    'test/hooks/openai.test.ts',
    'With OpenAI Agents, a denied call never runs, a call that waits for a person runs once, and no answer is a denial.',
  ),
  behaviour(
    'hook.langchain',
    'test/hooks/langchain.test.ts',
    'With LangChain, a denied call never runs, a call that waits for a person runs once, and no answer is a denial.',
  ),
  behaviour(
    'hook.mastra',
    'test/hooks/mastra.test.ts',
    'With Mastra, a denied call never runs, a call that waits for a person runs once, and no answer is a denial.',
  ),
  behaviour(
    'hook.adk',
    'test/hooks/adk.test.ts',
    'With Google’s ADK, a denied call never runs, a call that waits for a person runs once, and no answer is a denial.',
  ),
  behaviour(
    'hook.claude-sdk',
    'test/hooks/claude.test.ts',
    'With the Claude Agent SDK, a denied call never runs, a call that waits for a person runs once, and no answer is a denial.',
  ),
  behaviour(
    'hook.attacked',
    'test/scenarios/hook-attacks.test.ts',
    'A forged session, a replayed call, a tool that looks like another, a stolen secret and a body nobody can read allow nothing.',
  ),
  behaviour(
    'hook.declared',
    'test/scenarios/hook-attacks.test.ts',
    'Tools that a program declares are pinned, held when they change, and declared by nobody but its own agents.',
  ),
  behaviour(
    'hook.snippets',
    'test/hooks/snippets.test.ts',
    'What the guide shows for each framework is type-checked with the framework itself.',
  ),
];
