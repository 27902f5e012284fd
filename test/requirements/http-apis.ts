import { behaviour } from './requirement.ts';

const scenario = (name: string) => `test/scenarios/${name}.test.ts`;

/** HTTP APIs behind the gateway, and what is tried with them. */
export const httpApis = [
  behaviour(
    'http.call',
    scenario('http-api'),
    'A request to an HTTP API is one decided, recorded call of the operation it means, with the key put in.',
  ),
  behaviour(
    'http.answer-headers',
    scenario('http-api'),
    'Of an answer only headers that are fit for a caller pass; addresses lead back through the gateway.',
  ),
  behaviour(
    'http.streams',
    scenario('http-api'),
    'Bodies that nobody reads pass both ways as they come, are what was stated, and are cut by a stop.',
  ),
  behaviour(
    'http.one-reading',
    scenario('http-api-attacks'),
    'What two readers could take for two requests is refused before anything is decided.',
  ),
  behaviour(
    'http.own-headers',
    scenario('http-api-attacks'),
    "None of a caller's own headers reaches an API but those its document declares.",
  ),
  behaviour(
    'http.hostile-answers',
    scenario('http-api-attacks'),
    'Oversized, slow, redirecting and malformed answers end in typed refusals, and no key comes back.',
  ),
  behaviour(
    'http.challenge',
    scenario('http-api-attacks'),
    'An ordinary HTTP client is told what token it needs; a token or a proof for another place opens nothing.',
  ),
  behaviour(
    'http.asked',
    scenario('http-api-asked'),
    'A request that needs a person is refused with a link, and goes through as it is after the approval, once.',
  ),
  behaviour(
    'http.notice',
    scenario('http-api-asked'),
    'An HTTP client is told in a header what a policy that is tried out would have done.',
  ),
  behaviour(
    'http.as-tools',
    scenario('http-api-asked'),
    'The operations of an HTTP API are MCP tools as well, under the same decisions.',
  ),
  behaviour(
    'http.import',
    scenario('http-api-import'),
    'Operations of an OpenAPI document are pinned and classified; what changes later is held for a person.',
  ),
  behaviour(
    'http.credentials',
    scenario('http-api-import'),
    'A credential goes out in a header, in the query or as HTTP Basic, and does not come back.',
  ),
  behaviour(
    'aggregate.tools',
    scenario('aggregate'),
    'All upstreams are behind one MCP address, each tool under a name no other can have, decided and recorded as ever.',
  ),
  behaviour(
    'aggregate.own-audience',
    scenario('aggregate'),
    'A token for one upstream opens no address of all, is not exchanged for one that does, and the other way round it is.',
  ),
  behaviour(
    'aggregate.prompts-and-resources',
    scenario('aggregate-resources'),
    'Prompts, resources and completions of all upstreams are at the one address, and a failing upstream hides only its own.',
  ),
  behaviour(
    'aggregate.tasks',
    scenario('aggregate-resources'),
    'A task that was begun at the one address is followed up there, by its own agent.',
  ),
  behaviour(
    'aggregate.consent',
    scenario('aggregate-resources'),
    'A person consents to all upstreams at once; a code for one of them is never a token for all.',
  ),
] as const;
