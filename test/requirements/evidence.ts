import { behaviour, type Requirement } from './requirement.ts';

/** What speaks for and against controls of frameworks. */
export const evidenceBehaviours: readonly Requirement[] = [
  behaviour(
    'exposure.evidence-from-work',
    'test/scenarios/evidence.test.ts',
    'Evidence comes out of real work: each claim has its records with proofs, and what is against it stands first.',
  ),
  behaviour(
    'exposure.evidence-plain',
    'test/scenarios/evidence.test.ts',
    'A period without records says so: no evidence, or configuration only, never that a framework is met.',
  ),
  behaviour(
    'exposure.evidence-signed',
    'test/scenarios/evidence.test.ts',
    'A report is verified offline with the ledger’s key, and any change of it or of a proof in it is found.',
  ),
  behaviour(
    'exposure.evidence-bad-input',
    'test/scenarios/evidence.test.ts',
    'Unknown frameworks, impossible periods and people without the permission are refused.',
  ),
  behaviour(
    'exposure.evidence-page',
    'test/browser/evidence-page.test.ts',
    'The page of a report has no barriers at 360 and 1280 pixels, and each record in it can be opened.',
  ),
  behaviour(
    'exposure.evidence-attacks',
    'test/browser/evidence-attacks.test.ts',
    'Whatever stands in a report, nothing of it runs or hides in its page, PDF or OSCAL, and OSCAL keeps its shape.',
  ),
  behaviour(
    'exposure.evidence-file-signed',
    'test/browser/evidence-attacks.test.ts',
    'Each file of a report is signed for its own bytes, and a change of one is found.',
  ),
];
