import { readFileSync } from 'node:fs';
import { AppError } from '@countersign/api';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Config, type ConfigFile, configSchema } from './config.ts';
import { readEnvironment } from './read-environment.ts';

export interface ConfigSources {
  /** `countersign.yaml`, if one was named. */
  readonly file?: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Command line flags, the strongest. */
  readonly flags?: {
    readonly server?: { readonly port?: number; readonly publicUrl?: string };
    readonly data?: { readonly folder?: string };
    readonly database?: { readonly url?: string };
    /** `postgres` or a URL, as the environment says it. */
    readonly signals?: { readonly bus?: string };
  };
}

const longestFile = 1_048_576;

/** The effective configuration: flags over environment over file over defaults. Throws `config.invalid`. */
export function loadConfig(sources: ConfigSources): Config {
  const merged = sources.file === undefined ? {} : readFile(sources.file);
  for (const { section, key, value } of readEnvironment(sources.environment, listScalars())) {
    setValue(merged, section, key, coerce(value, section, key));
  }
  const folder = sources.environment.COUNTERSIGN_DATA;
  if (folder !== undefined) setValue(merged, 'data', 'folder', folder);
  for (const [section, values] of Object.entries(sources.flags ?? {})) {
    for (const [key, value] of Object.entries(values))
      if (value !== undefined) setValue(merged, section, key, value);
  }
  readBus(merged);
  const checked = configSchema.safeParse(merged);
  if (!checked.success) {
    const detail = checked.error.issues
      .map((issue) => `${issue.path.join('.')}: ${issue.message}`)
      .join('; ');
    throw new AppError('config.invalid', { detail });
  }
  return completeConfig(checked.data);
}

/** Fills in the public URL; with port 0 it is set once the port is known. */
export function completeConfig(file: ConfigFile, port = file.server.port): Config {
  const { certificateFile, keyFile, clientCertificates } = file.tls;
  if ((certificateFile === undefined) !== (keyFile === undefined)) {
    throw new AppError('config.invalid', { detail: 'tls needs both certificateFile and keyFile' });
  }
  if (clientCertificates === 'ask' && certificateFile === undefined) {
    throw new AppError('config.invalid', { detail: 'tls.clientCertificates needs a certificateFile' });
  }
  const scheme = certificateFile === undefined ? 'http' : 'https';
  const publicUrl = (file.server.publicUrl ?? `${scheme}://localhost:${port}`).replace(/\/+$/, '');
  const { pathname, username, search, hash, protocol, hostname } = new URL(publicUrl);
  if (pathname !== '/' || username !== '' || search !== '' || hash !== '') {
    throw new AppError('config.invalid', {
      detail: 'server.publicUrl must be an origin, without path, query or user',
    });
  }
  // Passkeys need a domain, and everything but loopback needs TLS in front (WebAuthn L3, RP ID; RFC 9449 §11.2).
  if (/^[\d.]+$|^\[/.test(hostname)) {
    throw new AppError('config.invalid', {
      detail: 'server.publicUrl needs a name, passkeys refuse IP addresses',
    });
  }
  if (protocol === 'http:' && hostname !== 'localhost' && !hostname.endsWith('.localhost')) {
    throw new AppError('config.invalid', { detail: 'server.publicUrl must be https, except on localhost' });
  }
  return { ...file, server: { ...file.server, publicUrl } };
}

/** JSON Schema (2020-12) of `countersign.yaml`. */
export function describeConfigSchema(): unknown {
  return { title: 'countersign.yaml', ...z.toJSONSchema(configSchema, { io: 'input' }) };
}

function readFile(path: string): Record<string, unknown> {
  let value: unknown;
  try {
    const text = readFileSync(path, 'utf8');
    if (text.length > longestFile) throw new Error('the file is too long');
    value = parse(text, { maxAliasCount: 10, uniqueKeys: true }) ?? {};
  } catch (cause) {
    throw new AppError('config.invalid', { detail: `${path}: ${(cause as Error).message}`, cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('config.invalid', { detail: `${path} must hold sections` });
  }
  return value as Record<string, unknown>;
}

function listScalars(): Record<string, string[]> {
  const sections: Record<string, string[]> = {};
  for (const [section, schema] of Object.entries(configSchema.shape)) {
    const shape = schema instanceof z.ZodPrefault ? (schema.unwrap() as z.ZodObject).shape : undefined;
    if (shape !== undefined) sections[section] = Object.keys(shape);
  }
  return sections;
}

function setValue(target: Record<string, unknown>, section: string, key: string, value: unknown): void {
  const existing = Object.hasOwn(target, section) ? target[section] : undefined;
  if (existing !== undefined && (typeof existing !== 'object' || existing === null)) {
    throw new AppError('config.invalid', { detail: `${section} must be a section` });
  }
  target[section] = { ...existing, [key]: value };
}

/** Where a flag or variable names the bus in one word: `postgres`, or the URL of NATS or PostgreSQL. */
function readBus(target: Record<string, unknown>): void {
  const { signals } = target;
  if (typeof signals !== 'object' || signals === null || !('bus' in signals)) return;
  const { bus } = signals;
  if (typeof bus !== 'string') return;
  const isUrl = bus.includes('://');
  const kind = isUrl ? (/^postgres(ql)?:/.test(bus) ? 'postgres' : 'nats') : bus;
  setValue(target, 'signals', 'bus', { kind, ...(isUrl && { url: bus }) });
}

/** Environment values are text; where the schema wants a number, a number's text becomes one. */
function coerce(value: string, section: string, key: string): unknown {
  const wrapped = configSchema.shape[section as keyof typeof configSchema.shape];
  const shape = wrapped instanceof z.ZodPrefault ? (wrapped.unwrap() as z.ZodObject).shape : {};
  const setting = shape[key];
  const type =
    setting instanceof z.ZodDefault || setting instanceof z.ZodOptional ? setting.unwrap() : setting;
  return type instanceof z.ZodNumber && /^-?\d+$/.test(value) ? Number(value) : value;
}
