import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@countersign/server';
import { afterAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../check/tree.ts';
import { type Manifest, readChart, type Values } from './render-chart.ts';

// Rendered by a reader of the few constructs that the templates use, not by Helm, and taken by no cluster.
const chart = readChart(join(repositoryRoot, 'deploy/helm/countersign'));

const plain: Values = { publicUrl: 'https://countersign.example.com' };
const everything: Values = {
  ...plain,
  replicas: 31,
  image: { repository: 'registry.example.com/countersign', tag: '1.2.3', pullPolicy: 'Always' },
  imagePullSecrets: [{ name: 'registry' }],
  bus: { url: 'tls://nats.internal:4222' },
  config: {
    log: { level: 'warn' },
    signals: { bus: { credentialsFile: '/run/secrets/nats/user.creds' } },
    upstreams: [{ name: 'files', kind: 'mcp-http', settings: { url: 'https://files.example.com/mcp' } }],
  },
  secretMounts: ['nats', 'sso'],
  data: { existingClaim: 'shared', storageClassName: 'nfs', size: '5Gi' },
  service: { annotations: { team: 'security' } },
  ingress: {
    ...{ enabled: true, className: 'nginx', host: 'countersign.example.com', tlsSecretName: 'certificate' },
    annotations: { 'nginx.ingress.kubernetes.io/proxy-buffering': 'off' },
  },
  networkPolicy: {
    from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress' } } }],
    egress: [{ ports: [{ port: 5432, protocol: 'TCP' }] }],
  },
  podAnnotations: { 'example.com/scrape': 'no' },
  nodeSelector: { pool: 'trusted' },
  tolerations: [{ key: 'trusted', operator: 'Exists' }],
};
const cases: readonly (readonly [string, Values])[] = [
  ['what must be said', plain],
  ['everything', everything],
  [
    'a claim, no network policy',
    { ...plain, data: { existingClaim: 'x' }, networkPolicy: { enabled: false } },
  ],
  ['a class of storage', { ...plain, data: { storageClassName: 'nfs' } }],
];

interface Workload {
  readonly replicas: number;
  readonly strategy: unknown;
  readonly selector: { readonly matchLabels: Record<string, string> };
  readonly template: {
    readonly metadata: {
      readonly labels: Record<string, string>;
      readonly annotations: Record<string, string>;
    };
    readonly spec: PodSpec;
  };
}
interface PodSpec {
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken: boolean;
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: unknown;
  readonly containers: readonly [Container];
  readonly volumes: readonly Volume[];
}
interface Container {
  readonly image: string;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly?: boolean;
  }[];
  readonly securityContext: unknown;
  readonly lifecycle: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
  readonly [probe: `${string}Probe`]: { readonly httpGet: { readonly path: string; readonly port: string } };
}
interface Volume {
  readonly name: string;
  readonly secret?: { readonly secretName: string; readonly items?: readonly { readonly path: string }[] };
  readonly configMap?: { readonly name: string };
  readonly persistentVolumeClaim?: { readonly claimName: string };
}

const find = (manifests: readonly Manifest[], kind: string) => manifests.find((one) => one.kind === kind);
const specOf = <T>(manifests: readonly Manifest[], kind: string): T => {
  const manifest = find(manifests, kind);
  if (manifest === undefined) throw new Error(`there is no ${kind}`);
  return manifest.spec as T;
};

describe('server.helm-chart', () => {
  const place = mkdtempSync(join(tmpdir(), 'countersign-chart-'));
  afterAll(() => rmSync(place, { recursive: true }));

  it.each(cases)('has every name that is used, with %s', (_what, values) => {
    expect(chart.findFlaws(values)).toEqual([]);
    const manifests = chart.render(values);
    const deployment = specOf<Workload>(manifests, 'Deployment');
    const { metadata, spec } = deployment.template;
    const [container] = spec.containers;
    expect(metadata.labels).toMatchObject(deployment.selector.matchLabels);
    // A selector that named the release would miss the gateways of the one before.
    expect(Object.keys(deployment.selector.matchLabels).sort()).toEqual([
      'app.kubernetes.io/instance',
      'app.kubernetes.io/name',
    ]);
    const service = specOf<{ selector: object; ports: readonly { name: string; targetPort: string }[] }>(
      manifests,
      'Service',
    );
    expect(service.selector).toEqual(deployment.selector.matchLabels);
    const ports = container.ports.map(({ name }) => name);
    for (const { targetPort } of service.ports) expect(ports).toContain(targetPort);
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const)
      expect(ports).toContain(container[probe]?.httpGet.port);
    expect(find(manifests, 'ServiceAccount')?.metadata.name).toBe(spec.serviceAccountName);
    // Every volume is mounted and every mount has its volume.
    const volumes = spec.volumes.map(({ name }) => name);
    expect(container.volumeMounts.map(({ name }) => name).sort()).toEqual([...volumes].sort());
    expect(new Set(volumes).size).toBe(volumes.length);
    const made = new Set(manifests.map(({ kind, metadata: { name } }) => `${kind}/${name}`));
    expect(made.size).toBe(manifests.length);
    for (const { configMap, persistentVolumeClaim } of spec.volumes) {
      if (configMap !== undefined) expect(made).toContain(`ConfigMap/${configMap.name}`);
      const claim = persistentVolumeClaim?.claimName;
      const { existingClaim } = { ...(values.data as { existingClaim?: string } | undefined) };
      if (claim !== undefined && claim !== existingClaim)
        expect(made).toContain(`PersistentVolumeClaim/${claim}`);
    }
    for (const kind of ['PodDisruptionBudget', 'NetworkPolicy']) {
      const chosen = find(manifests, kind)?.spec as
        | {
            readonly selector?: { readonly matchLabels: object };
            readonly podSelector?: { readonly matchLabels: object };
          }
        | undefined;
      if (chosen !== undefined)
        expect((chosen.selector ?? chosen.podSelector)?.matchLabels).toEqual(deployment.selector.matchLabels);
    }
    const ingress = JSON.stringify(find(manifests, 'Ingress') ?? {});
    if (find(manifests, 'Ingress') !== undefined)
      expect(ingress).toContain(
        JSON.stringify({ name: find(manifests, 'Service')?.metadata.name, port: { name: 'http' } }),
      );
  });

  it.each(cases)('starts gateways with settings that they know, with %s', (_what, values) => {
    const manifests = chart.render(values);
    const { spec } = specOf<Workload>(manifests, 'Deployment').template;
    const [{ env, volumeMounts }] = spec.containers;
    const environment = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    // Every file that a variable names is one that a Secret or the ConfigMap puts there.
    for (const [name, path] of Object.entries(environment).filter(([key]) => /_FILE$|_CONFIG$/.test(key))) {
      const mount = volumeMounts.find(({ mountPath }) => path.startsWith(`${mountPath}/`));
      const volume = spec.volumes.find((one) => one.name === mount?.name);
      const inside = path.slice((mount?.mountPath.length ?? 0) + 1);
      const given =
        volume?.secret?.items?.map((item) => item.path) ??
        Object.keys((find(manifests, 'ConfigMap')?.data as object) ?? {});
      expect(given, name).toContain(inside);
      expect(mount?.readOnly, name).toBe(true);
    }
    const url = join(place, 'url');
    writeFileSync(url, 'postgresql://countersign@db/countersign');
    const file = join(place, 'countersign.yaml');
    const data = find(manifests, 'ConfigMap')?.data as { readonly 'countersign.yaml': string } | undefined;
    writeFileSync(file, data?.['countersign.yaml'] ?? '');
    const config = loadConfig({ file, environment: { ...environment, COUNTERSIGN_DATABASE_URL_FILE: url } });
    expect(config.server.publicUrl).toBe('https://countersign.example.com');
    expect(config.signals.bus.kind).toMatch(/^(postgres|nats)$/);
  });

  it.each(cases)(
    'replaces one gateway after the other, none with more rights than it needs, with %s',
    (_what, values) => {
      const { strategy, template, replicas } = specOf<Workload>(chart.render(values), 'Deployment');
      expect(replicas).toBeLessThan(32);
      expect(strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
      const { spec } = template;
      const [container] = spec.containers;
      expect(spec).toMatchObject({ automountServiceAccountToken: false });
      expect(spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(container.securityContext).toEqual({
        ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
        capabilities: { drop: ['ALL'] },
      });
      // Three seconds for calls in flight, and as much again for what is owed.
      expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(
        container.lifecycle.preStop.sleep.seconds + 6,
      );
      expect(container.image).not.toMatch(/:latest$|:$/);
    },
  );

  it('holds no secret, whatever is said', () => {
    for (const [, values] of cases) expect(find(chart.render(values), 'Secret')).toBeUndefined();
    expect(() => chart.render({})).toThrow('publicUrl');
  });

  it('rolls out anew when the configuration changes', () => {
    const checksum = (config: object) =>
      specOf<Workload>(chart.render({ ...plain, config }), 'Deployment').template.metadata.annotations[
        'checksum/config'
      ];
    expect(checksum({ log: { level: 'warn' } })).not.toBe(checksum({ log: { level: 'info' } }));
    expect(checksum({ log: { level: 'warn' } })).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<[string, Values]>([
    ['a word that means nothing', { replica: 2 }],
    ['one further in', { image: { repo: 'x' } }],
    ['more gateways than streams', { replicas: 32 }],
    ['no gateway', { replicas: 0 }],
    ['an address that is not https', { publicUrl: 'http://countersign.example.com' }],
    ['an address with a path', { publicUrl: 'https://example.com/countersign' }],
    ['a bus with a password', { bus: { url: 'nats://user:password@nats:4222' } }],
    ['a bus that tells nobody', { bus: { url: 'in-process' } }],
    ['a URL of the database', { database: { url: 'postgresql://u:p@db/x' } }],
    ['the database in the configuration', { config: { database: { url: 'postgresql://u:p@db/x' } } }],
    ['an ingress without a certificate', { ingress: { enabled: true, host: 'x.example.com' } }],
    ['a secret where another is mounted', { secretMounts: ['keys'] }],
    ['a number in words', { service: { port: '80' } }],
  ])('refuses %s', (_what, values) => {
    expect(chart.findFlaws({ ...plain, ...values })).not.toEqual([]);
  });

  it('describes every value, and knows no other', () => {
    const flaws: string[] = [];
    const look = (schema: Values, values: unknown, path: string): void => {
      if (typeof schema.description !== 'string') flaws.push(`${path} is not described`);
      if (schema.type !== 'object' || schema.properties === undefined || path === '.config') return;
      if (schema.additionalProperties !== false) flaws.push(`${path} is open`);
      const properties = schema.properties as Readonly<Record<string, Values>>;
      const keys = Object.keys((values ?? {}) as object);
      if (keys.sort().join() !== Object.keys(properties).sort().join())
        flaws.push(`${path} differs from values.yaml`);
      for (const [key, one] of Object.entries(properties))
        look(one, (values as Values)[key], `${path}.${key}`);
    };
    look(chart.schema, chart.values, '');
    expect(flaws).toEqual([]);
  });
});
