import { behaviour } from './requirement.ts';

const attacks = 'test/scenarios/organisation-attacks.test.ts';

/** What crosses between organisations. */
export const organisations = [
  behaviour(
    'organisation.acknowledged',
    'packages/server/src/organisations/outgoing/ask-acknowledgements.test.ts',
    'Under which record an organisation took our word is believed under its pinned key alone, for the very assertion, and asked for a bounded time.',
  ),
  behaviour(
    'organisation.two-deployments',
    'test/conformance/cross-app-access.test.ts',
    'A task crosses from one deployment to another with an official client, and stops there within a second of its revocation here.',
  ),
  behaviour(
    'organisation.forged-assertion',
    attacks,
    'An assertion that is forged, altered, re-targeted, replayed, out of time or of a look-alike issuer opens nothing.',
  ),
  behaviour(
    'organisation.ceiling',
    attacks,
    'Nothing beyond the ceiling is honoured, whatever the delegation here and the assertion say, and a lower ceiling ends what reaches beyond it.',
  ),
  behaviour(
    'organisation.cut-off',
    attacks,
    'Cutting an organisation off ends its tasks, tokens and calls in one step, and keeps it out until terms are signed again.',
  ),
];
