import { matchAction } from '@countersign/core';
import { z } from 'zod';
import type { Wish } from './authorization-request.ts';
import type { OfferedUpstream } from './list-offered.ts';

/** What the person ticks; hostile as everything from a browser. */
export const consentChoicesSchema = z.strictObject({
  /** `<upstream>/<tool>` of tools that are offered. */
  tools: z.array(z.string().max(256)).max(240),
  /** Resources, prompts and completions, which are read without naming a tool. */
  contents: z.boolean(),
  seconds: z
    .number()
    .int()
    .min(300)
    .max(30 * 86_400),
  calls: z.number().int().min(1).max(1_000_000).nullable(),
  spendMinor: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullable(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .nullable(),
});

export type ConsentChoices = z.infer<typeof consentChoicesSchema>;

export const lifetimes: readonly { readonly seconds: number; readonly words: string }[] = [
  { seconds: 3600, words: '1 hour' },
  { seconds: 8 * 3600, words: '8 hours' },
  { seconds: 86_400, words: '1 day' },
  { seconds: 7 * 86_400, words: '7 days' },
  { seconds: 30 * 86_400, words: '30 days, unless I revoke it before' },
];

const defaultSeconds = 8 * 3600;
const longestSeconds = 30 * 86_400;

/**
 * Where the person starts: what only reads, for a working day. A client that asks for something in particular moves the
 * ticks, but never onto more than it asks for, and never to more than the person could choose.
 */
export function suggestChoices(offered: readonly OfferedUpstream[], wish: Wish, now: number): ConsentChoices {
  const mayPay = wish.spendMinor !== null && wish.currency !== null;
  const tools = offered.flatMap(({ name, tools: list }) =>
    list
      .filter(({ effects }) => mayPay || !effects.includes('spend'))
      .filter(({ tool, effects }) =>
        wish.actions === null
          ? effects.every((effect) => effect === 'read')
          : wish.actions.some((pattern) => matchAction(pattern, name, tool)),
      )
      .map(({ action }) => action),
  );
  const wished = wish.expiresAt === null ? defaultSeconds : Math.floor((wish.expiresAt - now) / 1000);
  return {
    tools: tools.slice(0, 240),
    contents: wish.actions === null || tools.length === 0,
    seconds: Math.min(Math.max(wished, 300), longestSeconds),
    calls: wish.calls !== null && wish.calls > 0 ? Math.min(wish.calls, 1_000_000) : null,
    spendMinor: wish.spendMinor,
    currency: wish.currency,
  };
}

/** What the person ticked the last time, as far as it is offered still. */
export function repeatChoices(offered: readonly OfferedUpstream[], earlier: ConsentChoices): ConsentChoices {
  const all = new Set(offered.flatMap(({ tools }) => tools.map(({ action }) => action)));
  const tools = earlier.tools.filter((action) => all.has(action));
  return { ...earlier, tools, contents: earlier.contents || tools.length === 0 };
}
