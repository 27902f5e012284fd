import { parseWitnessKey } from '@countersign/ledger';
import { z } from 'zod';

const seconds = z.number().int().min(1).max(3600);

const witness = z.strictObject({
  vkey: z
    .string()
    .max(512)
    .refine((text) => parseWitnessKey(text) !== undefined, 'no key of a witness (C2SP tlog-cosignature)')
    .describe('Its verifier key, as it told you elsewhere.'),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .describe('Where it takes checkpoints (C2SP tlog-witness).'),
  allowPrivate: z.boolean().optional().describe('It may be on this machine or a private network.'),
});

/** How the ledger is shown to those who do not trust it. */
export const transparencySettings = {
  tiles: z
    .enum(['signed-in', 'public'])
    .default('signed-in')
    .describe('Who may read checkpoints and tiles under /log: nothing of what records say is in them.'),
  checkpointSeconds: seconds.default(1).describe('A checkpoint is signed no more often, unless asked for.'),
  witnesses: z
    .array(witness)
    .max(16)
    .superRefine((given, context) => {
      const keys = given.map(({ vkey }) => vkey);
      for (const [index, vkey] of keys.entries()) {
        if (keys.indexOf(vkey) === index) continue;
        context.addIssue({ code: 'custom', path: [index, 'vkey'], message: 'another has this key' });
      }
    })
    .default([])
    .describe('Those who see every checkpoint and cosign that the log only grew.'),
  witnessQuorum: z
    .number()
    .int()
    .min(1)
    .max(16)
    .optional()
    .describe('How many of them are enough; all of them when absent.'),
  witnessSeconds: seconds.default(10).describe('The newest checkpoint is put before them as often.'),
};

export type WitnessConfig = z.output<typeof witness>;
