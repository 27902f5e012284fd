import { z } from 'zod';
import { agentsSchema } from './agents.ts';
import { approvalsSchema } from './approvals.ts';
import { cascadesSchema } from './cascades.ts';
import { ledgerSchema } from './ledger.ts';
import { peopleSchema } from './people.ts';
import { reviewsSchema } from './reviews.ts';
import { secretsSchema } from './secret-stores.ts';
import { signalsSchema } from './signals.ts';
import { workloadTrust } from './workload-trust.ts';

const upstreamName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);
const text = z.string().max(4096);
const pairs = z.record(z.string(), text);

/** Upstreams declared in the file are added or refreshed at start; others are kept as the console or CLI left them. */
const upstream = z.strictObject({
  name: upstreamName.describe('Agents reach it under /mcp/<name>.'),
  kind: z
    .enum(['mcp-http', 'mcp-stdio', 'http', 'model', 'a2a'])
    .describe('MCP over Streamable HTTP, MCP with a program over stdio, an HTTP API, or a model provider.'),
  environment: z
    .string()
    .max(64)
    .optional()
    .describe('Where it works; policies and delegations can name it.'),
  settings: z.strictObject({
    url: text.optional().describe('Of an mcp-http upstream, or the base address of an HTTP API.'),
    provider: z
      .enum(['openai', 'anthropic'])
      .optional()
      .describe('Of a model provider: whose API it speaks.'),
    passHeaders: z
      .array(text)
      .max(16)
      .optional()
      .describe(
        'Of a model provider: headers of callers that go on beside the known ones; never a credential.',
      ),
    hostedTools: z
      .array(text)
      .max(32)
      .optional()
      .describe(
        'Of a model provider: tools of its own that it may use, such as web_search, and what it may use that lies there, such as previous_response_id; none unless named.',
      ),
    documentUrl: text.optional().describe('Of an HTTP API: where its OpenAPI document is.'),
    query: pairs.optional().describe('Of an HTTP API: sent in every query; {secret:name} as in headers.'),
    basic: z
      .strictObject({ username: text, password: text })
      .optional()
      .describe('Of an HTTP API: sent as HTTP Basic; {secret:name} as in headers.'),
    maxStreamBytes: z
      .number()
      .int()
      .min(1024)
      .max(17_179_869_184)
      .optional()
      .describe('Of an HTTP API: what one body that is passed on piece by piece may have.'),
    allowPrivate: z.boolean().optional().describe('The URL may be on this machine or a private network.'),
    headers: pairs.optional().describe('Sent with every request; {secret:name} stands for a credential.'),
    command: text.optional().describe('Of an mcp-stdio upstream: the program.'),
    args: z.array(text).max(64).optional().describe('Its arguments; never a credential.'),
    cwd: text.optional().describe('Its working folder.'),
    env: pairs
      .optional()
      .describe('Its whole environment, but for PATH and the like; {secret:name} as above.'),
    timeoutSeconds: z.number().int().min(1).max(600).optional().describe('For one call.'),
    maxResultBytes: z.number().int().min(1024).max(67_108_864).optional().describe('Of one result.'),
    authzenMapping: z
      .enum(['off', 'on'])
      .optional()
      .describe('Of an MCP server: whether what its messages map to is decided, too.'),
    secretMaxAgeDays: z.number().int().min(1).max(3650).optional().describe('No credential may be older.'),
  }),
});

/** `countersign.yaml`; every scalar can also be given as `COUNTERSIGN_<SECTION>_<KEY>` or, from a file, `…_FILE`. */
export const configSchema = z.strictObject({
  server: z
    .strictObject({
      host: z.string().max(253).default('localhost').describe('Interface to listen on.'),
      port: z.number().int().min(0).max(65535).default(7420).describe('0 takes a free one.'),
      publicUrl: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe('URL people and agents use; passkeys and proofs are bound to it.'),
      environment: z
        .string()
        .max(64)
        .default('development')
        .describe('Of this server and, by default, its upstreams.'),
      maxConcurrentCalls: z
        .number()
        .int()
        .min(1)
        .max(100_000)
        .default(2_000)
        .describe('One more is refused with server.overloaded.'),
    })
    .prefault({}),
  tls: z
    .strictObject({
      certificateFile: z
        .string()
        .max(4096)
        .optional()
        .describe('PEM, with its chain. With keyFile, this server speaks TLS itself; read again on change.'),
      keyFile: z.string().max(4096).optional().describe('PEM, of the certificate.'),
      clientCertificates: z
        .enum(['off', 'ask'])
        .default('off')
        .describe('ask: agents may prove possession once a connection (RFC 8705).'),
      proxies: z
        .array(z.string().max(64))
        .max(32)
        .default([])
        .describe('Addresses of proxies that end TLS, whose Client-Cert header (RFC 9440) is believed.'),
    })
    .prefault({}),
  data: z
    .strictObject({
      folder: z
        .string()
        .max(4096)
        .default('./.countersign')
        .describe('Also COUNTERSIGN_DATA. One process at a time.'),
    })
    .prefault({}),
  database: z
    .strictObject({
      url: z
        .string()
        .max(4096)
        .regex(/^postgres(ql)?:\/\//)
        .optional()
        .describe(
          'PostgreSQL instead of a file in the data folder: postgresql://user:password@host/database?sslmode=verify-full.',
        ),
    })
    .prefault({}),
  tokens: z
    .strictObject({
      lifetimeSeconds: z.number().int().min(30).max(300).default(300).describe('Of an access token.'),
      clockSkewSeconds: z.number().int().min(0).max(30).default(5).describe('Forgiven to agents.'),
      interactiveLifetimeSeconds: z
        .number()
        .int()
        .min(60)
        .max(3600)
        .default(3600)
        .describe('Of an access token that an interactive client gets.'),
      dynamicRegistration: z
        .enum(['off', 'on'])
        .default('off')
        .describe('Applications may register themselves (RFC 7591).'),
      unbound: z
        .enum(['cap', 'refuse', 'policy'])
        .default('cap')
        .describe('Tokens without proof of possession: capped, refused, or left to policy.'),
      statusFreshnessSeconds: z
        .number()
        .int()
        .min(2)
        .max(60)
        .default(10)
        .describe('No older token is honoured once its status could not be confirmed for this long.'),
    })
    .prefault({}),
  tasks: z
    .strictObject({
      defaultSeconds: z
        .number()
        .int()
        .min(10)
        .max(3600)
        .default(900)
        .describe('Of a task that asks for no time.'),
    })
    .prefault({}),
  agents: agentsSchema.prefault({}),
  cascades: cascadesSchema.prefault({}),
  people: peopleSchema.prefault({}),
  reviews: reviewsSchema.prefault({}),
  approvals: approvalsSchema.prefault({}),
  signals: signalsSchema.prefault({}),
  ledger: ledgerSchema.prefault({}),
  telemetry: z
    .strictObject({
      piecesPerMinute: z
        .number()
        .int()
        .min(60)
        .max(1_000_000)
        .default(6_000)
        .describe('Spans and log records that one source may tell; more are refused and counted.'),
    })
    .prefault({}),
  mcp: z
    .strictObject({
      callSeconds: z
        .number()
        .int()
        .min(10)
        .max(3600)
        .default(60)
        .describe('After which a client of an earlier revision gives up a call that waits for a person.'),
      clientCallSeconds: z
        .record(z.string().max(256), z.number().int().min(10).max(3600))
        .default({})
        .describe('The same, by the name that a client gives itself.'),
    })
    .prefault({}),
  policies: z
    .strictObject({
      folder: z
        .string()
        .max(4096)
        .optional()
        .describe('Folder of .cedar files, loaded at start and on change.'),
      crossCheckShare: z
        .number()
        .min(0)
        .max(1)
        .default(0.001)
        .describe('Share of decisions that the official engine makes again afterwards; 0 for none.'),
    })
    .prefault({}),
  exposure: z
    .strictObject({
      drillsFolder: z
        .string()
        .max(4096)
        .optional()
        .describe('Folder of drills of your own, *.yaml; drills in the data folder when absent.'),
    })
    .prefault({}),
  secrets: secretsSchema.prefault({}),
  log: z
    .strictObject({
      level: z
        .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
        .default('info')
        .describe('JSON lines on standard error.'),
    })
    .prefault({}),
  upstreams: z.array(upstream).max(200).default([]),
  workloads: z.array(workloadTrust).max(64).default([]),
});

export type ConfigFile = z.infer<typeof configSchema>;

/** The effective configuration: `publicUrl` is always known, without a trailing slash. */
export type Config = Omit<ConfigFile, 'server'> & {
  readonly server: ConfigFile['server'] & { readonly publicUrl: string };
};
