import { attack, behaviour, type Requirement } from './requirement.ts';

const browser = (file: string) => `test/browser/${file}.test.ts`;

/** What is promised of the page on which people decide. */
export const approvalPage: readonly Requirement[] = [
  attack(
    'approval.misleading-sentence',
    'The sentence above a request is made of words that a person has vouched for; no value passes for words.',
  ),
  behaviour(
    'approval.byte-for-byte',
    'packages/server/src/approvals/as-shown.test.ts',
    'A changed byte anywhere between what was shown and what is sent is refused.',
  ),
  behaviour(
    'approval.page-evidence',
    browser('approval-evidence'),
    'The page says how a call came about, masks secrets, marks what commands and texts do, and names who else decides.',
  ),
  behaviour(
    'approval.page-stop',
    browser('approval-evidence'),
    'Whoever may stop stops the agent from the page, with a reason, and no single key does it.',
  ),
  behaviour(
    'approval.page-live',
    browser('approval-evidence'),
    'Every open copy of the page shows who has decided, and how long its person read is kept with the vote.',
  ),
  behaviour(
    'approval.page-forced-colours',
    browser('approval-evidence'),
    'The page and the inbox have no barrier at 360 and 1280 px, light and dark, and stand in forced colours.',
  ),
];
