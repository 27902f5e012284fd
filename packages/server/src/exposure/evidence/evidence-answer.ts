import { evidenceForms } from '@countersign/ledger';
import { z } from 'zod';
import { verdicts } from './report/evidence-report.ts';

export const frameworkAnswer = z.object({
  items: z
    .array(
      z.object({
        ...{ id: z.string(), title: z.string(), version: z.string(), date: z.string(), source: z.string() },
        wording: z.enum(['verbatim', 'summary']),
        controls: z
          .array(
            z.object({
              ...{ id: z.string(), title: z.string() },
              claims: z.array(z.string()).readonly().optional(),
              outOfScope: z.string().optional(),
            }),
          )
          .readonly(),
      }),
    )
    .readonly(),
});

export const evidenceAnswer = z.object({
  ...{ id: z.string(), madeAt: z.number(), by: z.string(), from: z.number(), to: z.number() },
  ...{ frameworks: z.array(z.string()).readonly(), digest: z.string() },
});

const claim = z.object({
  ...{ id: z.string(), sentence: z.string(), verdict: z.enum(verdicts), statement: z.string() },
  ...{ population: z.number().int(), complete: z.boolean(), against: z.array(z.string()).readonly() },
  facts: z.array(z.object({ name: z.string(), value: z.string() })).readonly(),
  samples: z.array(z.string()).readonly().describe('Ids in `records`'),
});

const drill = z.object({
  ...{ name: z.string(), outcome: z.enum(['contained', 'not_contained', 'inconclusive']), run: z.string() },
  ...{ at: z.number(), digest: z.string(), policyVersion: z.string(), record: z.string().nullable() },
});

const control = z.object({
  ...{ id: z.string(), title: z.string(), verdict: z.enum(verdicts), why: z.string() },
  ...{ claims: z.array(z.string()).readonly(), drills: z.array(drill).readonly() },
  drillsNotRun: z.array(z.string()).readonly(),
});

/** The signature covers the canonical form of `report`, so nothing is added to it here. */
export const signedEvidenceAnswer = z.object({
  report: z.object({
    format: z.literal('countersign-evidence/1'),
    ...{
      report: z.string(),
      server: z.string(),
      environment: z.string(),
      madeAt: z.number(),
      by: z.string(),
    },
    ...{ from: z.number(), to: z.number(), seed: z.string(), checkpoint: z.string(), size: z.number() },
    streams: z
      .array(
        z.object({
          ...{ stream: z.string(), origin: z.string(), vkey: z.string() },
          ...{ checkpoint: z.string(), size: z.number() },
        }),
      )
      .readonly()
      .optional(),
    frameworks: z
      .array(
        z.object({
          ...{ id: z.string(), title: z.string(), version: z.string(), date: z.string(), source: z.string() },
          ...{ wording: z.enum(['verbatim', 'summary']), controls: z.array(control).readonly() },
        }),
      )
      .readonly(),
    claims: z.array(claim).readonly(),
    records: z
      .array(
        z.object({
          ...{ id: z.string(), entry: z.string(), path: z.array(z.string()).readonly() },
          ...{ kind: z.string(), at: z.number(), link: z.string() },
        }),
      )
      .readonly(),
  }),
  note: z.string().describe('C2SP signed note over the SHA-256 of the canonical report'),
  vkey: z.string(),
});

export const signedFormAnswer = z.object({
  ...{ name: z.string(), mediaType: z.string(), content: z.base64() },
  signature: z
    .object({
      report: z.object({
        ...{ format: z.literal('countersign-evidence-file/1'), report: z.string() },
        ...{ reportDigest: z.string(), form: z.enum(evidenceForms), sha256: z.base64() },
      }),
      ...{ note: z.string(), vkey: z.string() },
    })
    .describe('Detached: C2SP signed note over the SHA-256 of the file'),
});
