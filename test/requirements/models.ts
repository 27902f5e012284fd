import { behaviour } from './requirement.ts';

const scenario = (name: string) => `test/scenarios/${name}.test.ts`;

/** Model providers behind the gateway. */
export const models = [
  behaviour(
    'models.call',
    scenario('model-route'),
    'A request in the shape of OpenAI or Anthropic is one decided, recorded call, with the key put in and nothing of the agent passed on.',
  ),
  behaviour(
    'models.streams',
    scenario('model-route'),
    'The events of a model pass on one by one as they come, and a stop cuts them.',
  ),
  behaviour(
    'models.recorded',
    scenario('model-evidence'),
    'Prompts and answers are recorded without credentials, each text once, what has no room as its digest, and what was not understood is said to be so.',
  ),
  behaviour(
    'models.predicted',
    scenario('model-evidence'),
    'A call that a model asked for names the answer it stands in, once, and the next prompt names how the call ended.',
  ),
  behaviour(
    'models.predicted-policy',
    scenario('predicted-policy'),
    'A policy can ask about a call that no model asked for; where nobody knows, the fact is absent, and a replay is told what the record says.',
  ),
  behaviour(
    'models.changed',
    scenario('model-evidence'),
    'An agent that turns up with another model, system prompt or tools is told of, each change at most once an hour.',
  ),
  behaviour(
    'models.hosted',
    scenario('model-attacks'),
    'A provider does nothing itself beside answering unless somebody has allowed it, and what it looked up is untrusted.',
  ),
  behaviour(
    'models.hostile',
    scenario('model-attacks'),
    'Requests that have two readings, lead elsewhere or are too large reach no provider, and its errors give no key away.',
  ),
  behaviour(
    'models.tokens',
    scenario('model-attacks'),
    'Only the token of the agent and task opens the door of models, and a refusal is told in the words of the provider.',
  ),
  behaviour(
    'models.openai-client',
    'test/hooks/model-clients.test.ts',
    'The official client of OpenAI works by its base address alone, streams in both APIs, and its calls of tools are linked.',
  ),
  behaviour(
    'models.anthropic-client',
    'test/hooks/model-clients.test.ts',
    'The official client of Anthropic works by its base address alone, streams, counts, and reads refusals.',
  ),
];
