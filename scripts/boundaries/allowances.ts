/** A place that breaks a rule on purpose. One that no longer does so fails the check, so that the list stays short. */
export interface Allowance {
  readonly path: string;
  readonly rule: string;
  readonly why: string;
}

export const allowances: readonly Allowance[] = [
  {
    path: 'packages/cli/src/witness/witness-state.ts',
    rule: 'only plugins/database/<driver>/ imports node:sqlite',
    why: 'A witness runs without a server, and what it keeps has to be synced and never judged twice at once.',
  },
  {
    path: 'packages/server/src/plugins/database/sealing/sealed-payload.ts',
    rule: 'no ambient clock, randomness or fetch outside platform/',
    why: 'Nonces are made in the worker thread that writes them, and no function can be handed to a thread.',
  },
  {
    path: 'packages/server/src/plugins/database/open-test-store.ts',
    rule: 'only build.ts and plugins/catalog.ts choose implementations',
    why: 'Tests of all nouns run on whatever database their environment names.',
  },
  {
    path: 'packages/server/src/parts.ts',
    rule: 'only build.ts and plugins/catalog.ts choose implementations',
    why: 'Tests that start whole servers make databases for them.',
  },
  {
    path: 'packages/server/src/http/browser/approval-page.ts',
    rule: 'no ambient clock, randomness or fetch outside platform/',
    why: 'It runs in the browser, where there is nobody to hand them in.',
  },
  {
    path: 'packages/server/src/http/browser/connect-page.ts',
    rule: 'no ambient clock, randomness or fetch outside platform/',
    why: 'It runs in the browser, where there is nobody to hand them in.',
  },
  {
    path: 'packages/server/src/http/browser/calm-page.ts',
    rule: 'no ambient clock, randomness or fetch outside platform/',
    why: 'It runs in the browser, where there is nobody to hand them in.',
  },
  {
    path: 'packages/server/src/http/browser/choosing-page.ts',
    rule: 'no ambient clock, randomness or fetch outside platform/',
    why: 'It runs in the browser, where there is nobody to hand them in.',
  },
  {
    path: 'packages/server/src/http/browser/account-page.ts',
    rule: 'no ambient clock, randomness or fetch outside platform/',
    why: 'It runs in the browser, where there is nobody to hand them in.',
  },
  {
    path: 'packages/server/src/http/browser/join-page.ts',
    rule: 'no ambient clock, randomness or fetch outside platform/',
    why: 'It runs in the browser, where there is nobody to hand them in.',
  },
  {
    path: 'packages/server/src/http/browser/phone-page.ts',
    rule: 'no ambient clock, randomness or fetch outside platform/',
    why: 'It runs in the browser, where there is nobody to hand them in.',
  },
  {
    path: 'packages/server/src/http/browser/sign-in-page.ts',
    rule: 'no ambient clock, randomness or fetch outside platform/',
    why: 'It runs in the browser, where there is nobody to hand them in.',
  },
];
