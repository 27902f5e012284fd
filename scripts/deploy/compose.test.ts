import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@countersign/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { repositoryRoot } from '../check/tree.ts';

interface Service {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly [key: string]: unknown;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, object>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const folder = join(repositoryRoot, 'deploy/compose');
const compose: Compose = parse(readFileSync(join(folder, 'compose.yaml'), 'utf8'), {
  uniqueKeys: true,
  merge: true,
});
const services = Object.entries(compose.services);

// Read as YAML, and started by nobody: no container engine is here.
describe('server.compose', () => {
  const place = mkdtempSync(join(tmpdir(), 'countersign-compose-'));
  const made = (name: string) => readFileSync(join(place, 'secrets', name), 'utf8');
  beforeAll(() => {
    copyFileSync(join(folder, 'make-secrets.sh'), join(place, 'make-secrets.sh'));
    execFileSync('sh', [join(place, 'make-secrets.sh')]);
  });
  afterAll(() => rmSync(place, { recursive: true }));

  it('declares what is used, and uses what is declared', () => {
    const used = (key: 'secrets' | 'networks') =>
      new Set(services.flatMap(([, service]) => service[key] ?? []));
    expect([...used('secrets')].sort()).toEqual(Object.keys(compose.secrets).sort());
    expect([...used('networks')].sort()).toEqual(Object.keys(compose.networks).sort());
    const sources = services.flatMap(([, { volumes = [] }]) =>
      volumes.map((volume) => volume.split(':')[0] ?? ''),
    );
    expect(sources.filter((name) => !name.startsWith('.')).sort()).toEqual(
      Object.keys(compose.volumes).sort(),
    );
    for (const file of sources.filter((name) => name.startsWith('.')))
      expect(statSync(join(folder, file)).isFile()).toBe(true);
    for (const [name, { depends_on = {} }] of services)
      for (const [other, { condition }] of Object.entries(depends_on)) {
        expect(Object.keys(compose.services), name).toContain(other);
        expect(condition).toBe('service_healthy');
        // The gateway's is in its image.
        expect(other === 'gateway' || compose.services[other]?.healthcheck !== undefined, other).toBe(true);
      }
  });

  it('pins every image, and bounds every service', () => {
    for (const [name, service] of services) {
      expect(service.image, name).toMatch(/:\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
      for (const bound of ['mem_limit', 'restart', 'stop_grace_period', 'logging'])
        expect(service[bound], `${name} ${bound}`).toBeDefined();
      expect(service.privileged, name).toBeUndefined();
    }
  });

  it('lets any number of gateways run, whose settings they know', () => {
    const gateway = compose.services.gateway as Service;
    for (const key of ['container_name', 'ports', 'hostname']) expect(gateway[key]).toBeUndefined();
    expect(gateway).toMatchObject({ read_only: true, cap_drop: ['ALL'], init: true });
    const environment = Object.fromEntries(
      Object.entries(gateway.environment ?? {}).map(([name, value]) => [
        name,
        value.replaceAll(/\$\{\w+:-(.*?)\}/g, '$1').replace('/run/secrets', join(place, 'secrets')),
      ]),
    );
    const config = loadConfig({ environment });
    expect(config.signals.bus).toMatchObject({ kind: 'nats', url: 'nats://nats:4222' });
    expect(config.database.url).toContain(`:${made('database-password')}@postgres:5432/`);
    expect(config.server.publicUrl).toBe('https://localhost');
    for (const [name, path] of Object.entries(gateway.environment ?? {}).filter(([key]) =>
      key.endsWith('_FILE'),
    ))
      expect(
        gateway.secrets?.map((secret) => `/run/secrets/${secret}`),
        name,
      ).toContain(path);
  });

  it('makes each secret once, of 32 random bytes', () => {
    const names = Object.values(compose.secrets).map(({ file }) => file.replace('./secrets/', ''));
    expect(readdirSync(join(place, 'secrets')).sort()).toEqual(names.sort());
    for (const name of ['master-key', 'secrets-key', 'database-password']) {
      expect(made(name)).toMatch(/^[\w-]{43}$/);
      expect(Buffer.from(made(name), 'base64url').length).toBe(32);
    }
    const before = names.map(made);
    execFileSync('sh', [join(place, 'make-secrets.sh')]);
    expect(names.map(made)).toEqual(before);
    expect(statSync(join(place, 'secrets')).mode & 0o777).toBe(0o700);
  });

  it('lets nobody outside reach the database and the bus, and passes streams on as they come', () => {
    for (const name of ['postgres', 'nats']) {
      expect(compose.services[name]?.networks).toEqual(['inside']);
      expect(compose.services[name]?.ports).toBeUndefined();
    }
    expect(compose.networks.inside?.internal).toBe(true);
    const proxy = readFileSync(join(folder, 'Caddyfile'), 'utf8');
    expect(proxy).toMatch(/name gateway\n\s+port 7420/);
    expect(proxy).toContain('flush_interval -1');
  });
});
