import { isIP } from 'node:net';
import { retentionClasses } from '@countersign/api';
import { z } from 'zod';

const file = z.string().min(1).max(4096);
const caFile = file.optional().describe('PEM of the authority that signed its certificate.');
const allowPrivate = z.boolean().default(false).describe('Private addresses may be reached.');
const url = z.url({ protocol: /^https?$/ }).max(2048);
/** The reference of one secret and nothing beside it: the value itself never stands in the configuration. */
const secret = z
  .string()
  .max(200)
  .regex(/^\{secret:[^{}]+\}$/)
  .describe('{secret:<name>}, or {secret:<store>:<name>}.');

const common = {
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/)
    .describe('What it is called, and what its place in the ledger is kept by.'),
  records: z
    .strictObject({
      classes: z
        .array(z.enum(retentionClasses))
        .min(1)
        .default(['decision', 'operation'])
        .describe('Which classes of records it gets.'),
      kinds: z
        .array(z.string().regex(/^[a-z]+\.(?:[a-z_]+|\*)$/))
        .min(1)
        .max(200)
        .optional()
        .describe('Only these kinds of them, such as action.decision or approval.*.'),
      upstreams: z.array(z.string().min(1).max(63)).min(1).max(200).optional().describe('Only of these.'),
      drills: z.boolean().default(true).describe('Also what was only a drill; it says so.'),
    })
    .prefault({}),
  content: z
    .boolean()
    .default(false)
    .describe('Whether what was said goes with it: arguments, results, prompts, reasons.'),
  start: z
    .enum(['beginning', 'now'])
    .default('beginning')
    .describe('Where a sink begins that was not there before.'),
};

const posting = {
  token: secret.optional().describe('Sent as a bearer token.'),
  tokenFile: file.optional(),
  tokenHeader: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/)
    .optional()
    .describe('The header for the token instead, whole.'),
  allowPrivate,
  caFile,
};

const rotation = {
  folder: file,
  rotateBytes: z
    .number()
    .int()
    .min(65_536)
    .max(17_179_869_184)
    .default(134_217_728)
    .describe('A file that would grow beyond it is closed.'),
  rotateHours: z.number().int().min(1).max(8760).default(24).describe('The same, by age.'),
  gzip: z.boolean().default(false).describe('Closed files are compressed.'),
};

const ocsf = z.strictObject({
  kind: z.literal('ocsf'),
  ...common,
  url: url.optional(),
  format: z.enum(['json', 'ndjson']).default('json').describe('One array, or one event a line.'),
  ...posting,
  ...rotation,
  folder: file.optional().describe('Files of JSON lines instead of a URL.'),
});

const otlp = z.strictObject({
  kind: z.literal('otlp'),
  ...common,
  url: url.describe('Of the logs, such as https://collector.example.com/v1/logs.'),
  ...posting,
});

const syslog = z.strictObject({
  kind: z.literal('syslog'),
  ...common,
  host: z.string().min(1).max(253),
  port: z.number().int().min(1).max(65_535).default(6514),
  security: z.enum(['tls', 'none']).default('tls').describe('none: on this machine or a private network.'),
  enterprise: z
    .number()
    .int()
    .min(1)
    .max(4_294_967_295)
    .default(32_473)
    .describe('Private enterprise number in the name of the structured data.'),
  maxMessageBytes: z.number().int().min(2048).max(1_048_576).default(65_536).describe('Of one message.'),
  certificateFile: file.optional().describe('To show to the other side.'),
  keyFile: file.optional(),
  allowPrivate,
  caFile,
});

const s3Tiles = z.strictObject({
  kind: z.literal('s3-tiles'),
  ...common,
  url: url.describe('Of the bucket, with the bucket in it.'),
  region: z.string().min(1).max(64).default('us-east-1'),
  prefix: z
    .string()
    .regex(/^(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*\/)*$/)
    .max(512)
    .default('')
    .describe('Of the names of all objects; ends in a slash.'),
  accessKeyId: z
    .string()
    .regex(/^[\w-]{1,128}$/)
    .optional(),
  accessKeyIdFile: file.optional(),
  secretAccessKey: secret.optional(),
  secretAccessKeyFile: file.optional(),
  publishSeconds: z
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(60)
    .describe('How long a record may wait for a checkpoint there that covers it.'),
  allowPrivate,
  caFile,
});

const jsonLines = z.strictObject({ kind: z.literal('json-lines'), ...common, ...rotation });

export const sinkSchema = z
  .discriminatedUnion('kind', [ocsf, otlp, syslog, s3Tiles, jsonLines])
  .superRefine((sink, check) => {
    const refuse = (message: string) => check.addIssue({ code: 'custom', message });
    if (sink.kind === 'ocsf' && (sink.url === undefined) === (sink.folder === undefined))
      refuse('ocsf needs url or folder');
    if ('token' in sink && sink.token !== undefined && sink.tokenFile !== undefined)
      refuse('token or tokenFile, not both');
    if (sink.kind === 'syslog') {
      const isPublic = isIP(sink.host) === 0 && sink.host !== 'localhost';
      if (sink.security === 'none' && (isPublic || !sink.allowPrivate))
        refuse('syslog without TLS needs a private address and allowPrivate');
      if ((sink.certificateFile === undefined) !== (sink.keyFile === undefined))
        refuse('certificateFile and keyFile go together');
    }
    if (sink.kind === 's3-tiles') {
      if ((sink.accessKeyId === undefined) === (sink.accessKeyIdFile === undefined))
        refuse('s3-tiles needs accessKeyId or accessKeyIdFile');
      if ((sink.secretAccessKey === undefined) === (sink.secretAccessKeyFile === undefined))
        refuse('s3-tiles needs secretAccessKey or secretAccessKeyFile');
      if (sink.start !== 'beginning') refuse('tiles begin with the ledger');
    }
  });

export type SinkConfig = z.output<typeof sinkSchema>;
export type SinkRecordsConfig = SinkConfig['records'];
