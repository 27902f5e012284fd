import { z } from 'zod';

const file = z.string().min(1).max(4096);

/** How the gateways on one database tell one another what has changed, before they ask it. */
export const signalBusSchema = z
  .strictObject({
    kind: z
      .enum(['in-process', 'postgres', 'nats'])
      .default('in-process')
      .describe('in-process for a gateway that is alone.'),
    url: z
      .string()
      .max(4096)
      .regex(/^(postgres(ql)?|nats|tls):\/\//)
      .optional()
      .describe('Of NATS, nats://host:4222 or tls://…; of PostgreSQL when not database.url.'),
    subject: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9_-]{1,64}){0,7}$/)
      .default('countersign.signals')
      .describe('Of NATS: another for each deployment that shares the server.'),
    credentialsFile: file.optional().describe('Of NATS: a .creds file.'),
    caFile: file.optional().describe('Of NATS: PEM of the authority that vouches for it.'),
    deafAfterSeconds: z
      .number()
      .int()
      .min(2)
      .max(60)
      .default(2)
      .describe('Nothing is let through once neither the bus nor the database was heard for this long.'),
  })
  .superRefine((given, context) => {
    const issue = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const { kind, url, credentialsFile, caFile } = given;
    if (kind === 'nats' && url === undefined) issue('url', 'says where NATS is');
    const isOther = kind === 'in-process' || url?.startsWith('postgres') !== (kind === 'postgres');
    if (url !== undefined && isOther) issue('url', `is none of ${kind}`);
    if (kind !== 'nats' && (credentialsFile ?? caFile) !== undefined)
      issue('kind', 'credentialsFile and caFile are of nats');
  });

export type SignalBusConfig = z.output<typeof signalBusSchema>;
