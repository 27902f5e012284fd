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
];
