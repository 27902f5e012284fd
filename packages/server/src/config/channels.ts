import { isIP } from 'node:net';
import { z } from 'zod';

const file = z.string().min(1).max(4096);
const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/)
  .refine((value) => value !== 'inbox', 'inbox is always there')
  .describe('What people call the channel.');
/** The reference of one secret and nothing beside it: the value itself never stands in the configuration. */
const secret = z
  .string()
  .max(200)
  .regex(/^\{secret:[^{}]+\}$/)
  .describe('{secret:<name>}, or {secret:<store>:<name>}.');
const roles = z
  .array(z.enum(['admin', 'owner', 'approver', 'auditor']))
  .max(4)
  .default(['admin', 'approver', 'owner'])
  .describe('Who is told here until they say otherwise.');
const caFile = file.optional().describe('PEM of the authority that signed its certificate.');
const origin = z.url({ protocol: /^https?$/ }).max(512);

const webPush = z.strictObject({
  kind: z.literal('web-push'),
  name: name.default('push'),
  roles,
  contact: z
    .union([z.url({ protocol: /^https$/ }), z.string().regex(/^mailto:[^\s@<>]+@[^\s@<>]+$/)])
    .describe('Whom a push service may ask about us (RFC 8292 §2.1): mailto: or https:.'),
  services: z
    .array(origin)
    .max(16)
    .default([])
    .describe('Origins of push services beyond those of the known browsers.'),
});

const mail = z.strictObject({
  kind: z.literal('mail'),
  name: name.default('mail'),
  roles,
  host: z.string().min(1).max(253),
  port: z.number().int().min(1).max(65_535).default(465),
  security: z.enum(['tls', 'starttls', 'none']).default('tls').describe('none: to this machine alone.'),
  user: z.string().min(1).max(256).optional(),
  password: secret.optional(),
  passwordFile: file.optional(),
  from: z.email().max(254).describe('The address that mails come from.'),
  caFile,
  accountAddresses: z
    .boolean()
    .default(false)
    .describe(
      'Whether the address of the account, which an administrator or a directory gave, needs no proof.',
    ),
});

const slack = z.strictObject({
  kind: z.literal('slack'),
  name: name.default('slack'),
  roles,
  token: secret
    .optional()
    .describe('Bot token with chat:write, and channels:history to find its own cards after a crash.'),
  tokenFile: file.optional(),
  channel: z
    .string()
    .regex(/^[CG][A-Z0-9]{2,20}$/)
    .optional()
    .describe('Id of the one channel that shows every card; without it each person is written to.'),
  apiUrl: z
    .string()
    .regex(/^http:\/\/(127\.0\.0\.1|localhost):\d+\/(api\/)?$/)
    .optional()
    .describe('For tests, on this machine alone.'),
});

const webhook = z.strictObject({
  kind: z.literal('webhook'),
  name: name.default('webhook'),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .describe('https, or http on a private network.'),
  secret: secret.optional().describe('whsec_ and base64 of 24 to 64 bytes (Standard Webhooks).'),
  secretFile: file.optional(),
  previousSecret: secret.optional().describe('Signs too while the key is being changed.'),
  allowPrivate: z.boolean().default(false).describe('Private addresses may be reached.'),
  caFile,
});

export const channelSchema = z
  .discriminatedUnion('kind', [webPush, mail, slack, webhook])
  .superRefine((channel, check) => {
    const refuse = (message: string) => check.addIssue({ code: 'custom', message });
    if (channel.kind === 'mail') {
      if (channel.security === 'none' && !isHere(channel.host)) refuse('mail needs TLS beyond this machine');
      if (channel.password !== undefined && channel.passwordFile !== undefined)
        refuse('password or passwordFile, not both');
      const hasPassword = channel.password !== undefined || channel.passwordFile !== undefined;
      if (hasPassword !== (channel.user !== undefined)) refuse('user and password go together');
    }
    if (channel.kind === 'slack' && (channel.token === undefined) === (channel.tokenFile === undefined))
      refuse('slack needs token or tokenFile');
    if (channel.kind === 'webhook' && (channel.secret === undefined) === (channel.secretFile === undefined))
      refuse('webhook needs secret or secretFile');
  });

function isHere(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

export type ChannelConfig = z.infer<typeof channelSchema>;
export type WebPushConfig = z.infer<typeof webPush>;
export type MailConfig = z.infer<typeof mail>;
export type SlackConfig = z.infer<typeof slack>;
export type WebhookConfig = z.infer<typeof webhook>;
