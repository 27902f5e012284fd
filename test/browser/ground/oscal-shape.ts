import { z } from 'zod';

/** OSCAL's data types: https://pages.nist.gov/OSCAL/reference/datatypes/ */
const uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const token = z.string().regex(/^(\p{L}|_)(\p{L}|\p{N}|[.\-_])*$/u);
const words = z.string().regex(/^\S(.*\S)?$/u);
const time = z.iso.datetime();
const prop = z.strictObject({ name: token, ns: z.url(), value: words, class: token.optional() });
const props = z.array(prop).min(1);

const observation = z.strictObject({
  ...{ uuid, title: words, description: z.string().min(1), props, methods: z.tuple([z.literal('TEST')]) },
  collected: time,
  'relevant-evidence': z
    .array(z.strictObject({ href: z.url(), description: z.string().min(1), props }))
    .min(1)
    .optional(),
  remarks: z.string().min(1).optional(),
});

const finding = z.strictObject({
  ...{ uuid, title: words, description: z.string().min(1), props },
  target: z.strictObject({
    ...{ type: z.enum(['statement-id', 'objective-id']), 'target-id': token },
    status: z.strictObject({
      state: z.enum(['satisfied', 'not-satisfied']),
      reason: z.enum(['pass', 'fail', 'other']),
    }),
  }),
  'related-observations': z.array(z.strictObject({ 'observation-uuid': uuid })).min(1),
});

const result = z.strictObject({
  ...{ uuid, title: words, description: z.string().min(1), start: time, end: time },
  'reviewed-controls': z.strictObject({
    'control-selections': z
      .array(
        z.strictObject({
          'include-controls': z.array(z.strictObject({ 'control-id': token })).min(1),
        }),
      )
      .min(1),
    remarks: z.string().min(1),
  }),
  observations: z.array(observation).min(1),
  findings: z.array(finding).min(1),
});

/**
 * What OSCAL 1.1.2 requires of the part of assessment results that is written here, and nothing besides: an unknown member,
 * an empty list or a token with a colon in it is refused as its JSON schema does.
 */
export const oscalShape = z.strictObject({
  'assessment-results': z.strictObject({
    uuid,
    metadata: z.strictObject({
      ...{ title: words, 'last-modified': time, version: words, 'oscal-version': z.literal('1.1.2') },
      ...{ props, remarks: z.string().min(1) },
    }),
    'import-ap': z.strictObject({ href: z.string().regex(/^#/), remarks: z.string().min(1) }),
    results: z.array(result).min(1),
    'back-matter': z.strictObject({
      resources: z
        .array(
          z.strictObject({
            ...{ uuid, title: words },
            base64: z.strictObject({ filename: token, 'media-type': z.string(), value: z.base64() }),
          }),
        )
        .min(1),
    }),
  }),
});
