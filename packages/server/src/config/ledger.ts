import { z } from 'zod';
import { captureSchema } from './capture.ts';
import { retentionSchema } from './retention.ts';
import { sinkSchema } from './sinks.ts';
import { transparencySettings } from './transparency.ts';

/** How long evidence is kept, how it is shown to others, and where it goes beyond the store. */
export const ledgerSchema = z.strictObject({
  capture: captureSchema,
  retention: retentionSchema,
  ...transparencySettings,
  sinks: z
    .array(sinkSchema)
    .max(16)
    .superRefine((given, context) => {
      const names = given.map(({ name }) => name);
      const folders = given.map((sink) => ('folder' in sink ? sink.folder : undefined));
      for (const index of given.keys()) {
        const refuse = (path: string, message: string) =>
          context.addIssue({ code: 'custom', path: [index, path], message });
        if (names.indexOf(names[index] ?? '') !== index) refuse('name', 'another has this name');
        const folder = folders[index];
        if (folder !== undefined && folders.indexOf(folder) !== index)
          refuse('folder', 'another writes there');
      }
    })
    .default([])
    .describe('Where records are sent as they come: OCSF, OTLP, syslog, tiles on S3, JSON lines.'),
});
