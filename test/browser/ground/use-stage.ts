import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { joinWithBrowser } from './join-with-browser.ts';
import { openBrowser } from './open-browser.ts';
import { openVisitor, type Visitor } from './open-visitor.ts';
import { type House, type HouseOptions, startHouse } from './start-house.ts';

/** A browser takes its time on a machine that runs other tests as well. */
const startMilliseconds = 120_000;

/** A running house and a browser, for all tests of a file. */
export interface Stage {
  readonly house: House;
  readonly url: string;
  readonly context: BrowserContext;
  /** Somebody new, who has just joined with a passkey. Only the one who joined last is signed in. */
  join(name: string, roles: readonly string[]): Promise<Visitor>;
}

export function useStage(options: HouseOptions = {}): () => Stage {
  let stage: Stage | undefined;
  const ends: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const house = await startHouse(options);
    ends.push(() => house.stop());
    const browser = await openBrowser();
    ends.push(() => browser.close());
    const { url } = house.gateway;
    stage = {
      house,
      url,
      context: browser.context,
      async join(name, roles) {
        const visitor = await openVisitor(browser.context, url);
        await joinWithBrowser(visitor.page, await house.invite(name, roles));
        return visitor;
      },
    };
  }, startMilliseconds);
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });
  return () => {
    if (stage === undefined) throw new Error('the stage is not built yet');
    return stage;
  };
}

/** All four roles: what the first administrator has. */
export const everyRole = ['admin', 'owner', 'approver', 'auditor'] as const;

/** Nothing broke the content security policy, failed, or went anywhere else. */
export function expectCalm(visitor: Visitor): void {
  expect(visitor.problems).toEqual([]);
}
