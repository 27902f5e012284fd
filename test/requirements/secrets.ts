import { behaviour } from './requirement.ts';

const scenario = (file: string) => `test/scenarios/${file}.test.ts`;

/** Credentials of upstreams: where they come from, how they change and how old they may be. */
export const secretBehaviours = [
  behaviour(
    'secret.rotated',
    scenario('rotated-secret'),
    'A rotation loses no call: the new value is used at once, the one before once more for a request that the upstream refused before acting, on record, and never after the overlap.',
  ),
  behaviour(
    'secret.aged',
    scenario('aged-secret'),
    'A secret past its age limit is sent nowhere; people are told before, and a rotation mends it.',
  ),
  behaviour(
    'secret.put-back',
    scenario('put-back-secrets'),
    'A secrets file that was put back from a copy is found out at the next start, and nothing of it is used.',
  ),
  behaviour(
    'secret.remote-store',
    scenario('remote-secret'),
    'Secrets of a remote store reach the upstream alone; once the store is cut off and they are no longer fresh, nothing is sent.',
  ),
  behaviour(
    'secret.report',
    scenario('secrets-report'),
    'The report says which upstreams hang on a static secret, who can use it and what it could be instead; CI can fail on it.',
  ),
];
