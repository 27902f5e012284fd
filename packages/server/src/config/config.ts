import { z } from 'zod';

const upstreamName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);
const text = z.string().max(4096);

/** Upstreams declared in the file are added or refreshed at start; others are kept as the console or CLI left them. */
const upstream = z.strictObject({
  name: upstreamName,
  kind: z.enum(['mcp-http', 'mcp-stdio']),
  environment: z.string().max(64).optional(),
  settings: z.strictObject({
    url: text.optional(),
    allowPrivate: z.boolean().optional(),
    headers: z.record(z.string(), text).optional(),
    command: text.optional(),
    args: z.array(text).max(64).optional(),
    cwd: text.optional(),
    env: z.record(z.string(), text).optional(),
    timeoutSeconds: z.number().int().min(1).max(600).optional(),
    maxResultBytes: z.number().int().min(1024).max(67_108_864).optional(),
  }),
});

/** `countersign.yaml`; every scalar can also be given as `COUNTERSIGN_<SECTION>_<KEY>` or, from a file, `…_FILE`. */
export const configSchema = z.strictObject({
  server: z
    .strictObject({
      host: z.string().max(253).default('localhost').describe('Interface to listen on.'),
      port: z.number().int().min(0).max(65535).default(7420),
      publicUrl: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe('URL people and agents use; passkeys and proofs are bound to it.'),
      environment: z.string().max(64).default('development'),
      maxConcurrentCalls: z.number().int().min(1).max(100_000).default(2_000),
    })
    .prefault({}),
  data: z.strictObject({ folder: z.string().max(4096).default('./.countersign') }).prefault({}),
  tokens: z
    .strictObject({
      lifetimeSeconds: z.number().int().min(30).max(300).default(300),
      clockSkewSeconds: z.number().int().min(0).max(30).default(5),
    })
    .prefault({}),
  tasks: z.strictObject({ defaultSeconds: z.number().int().min(10).max(3600).default(900) }).prefault({}),
  policies: z
    .strictObject({
      folder: z
        .string()
        .max(4096)
        .optional()
        .describe('Folder of .cedar files, loaded at start and on change.'),
    })
    .prefault({}),
  secrets: z
    .strictObject({ store: z.enum(['encrypted-file', 'environment']).default('encrypted-file') })
    .prefault({}),
  log: z
    .strictObject({ level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info') })
    .prefault({}),
  upstreams: z.array(upstream).max(200).default([]),
});

export type ConfigFile = z.infer<typeof configSchema>;

/** The effective configuration: `publicUrl` is always known, without a trailing slash. */
export type Config = Omit<ConfigFile, 'server'> & {
  readonly server: ConfigFile['server'] & { readonly publicUrl: string };
};
