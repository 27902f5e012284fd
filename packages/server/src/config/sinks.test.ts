import { describe, expect, it } from 'vitest';
import { configSchema } from './config.ts';

const siem = { kind: 'ocsf', name: 'siem', url: 'https://siem.example.com/in' };
const bucket = { kind: 's3-tiles', name: 'bucket', url: 'https://bucket.example.com', accessKeyId: 'AKIA' };
const refusalOf = (...sinks: readonly object[]) =>
  configSchema.safeParse({ ledger: { sinks } }).error?.issues.map(({ message }) => message);

describe('the settings of sinks', () => {
  it('keep what was said, and identities, in the house unless they say otherwise', () => {
    const [sink] = configSchema.parse({ ledger: { sinks: [siem] } }).ledger.sinks;
    expect(sink).toMatchObject({ content: false, start: 'beginning', allowPrivate: false });
    expect(sink?.records).toEqual({ classes: ['decision', 'operation'], drills: true });
  });

  it.each<[string, readonly object[]]>([
    ['another has this name', [siem, siem]],
    [
      'another writes there',
      ['a', 'b'].map((name) => ({ kind: 'json-lines', name, folder: '/srv/evidence' })),
    ],
    ['ocsf needs url or folder', [{ ...siem, url: undefined }]],
    ['ocsf needs url or folder', [{ ...siem, folder: '/srv' }]],
    ['token or tokenFile, not both', [{ ...siem, token: '{secret:a}', tokenFile: '/a' }]],
    [
      'syslog without TLS needs a private address and allowPrivate',
      [{ kind: 'syslog', name: 's', host: 'syslog.example.com', security: 'none', allowPrivate: true }],
    ],
    [
      'syslog without TLS needs a private address and allowPrivate',
      [{ kind: 'syslog', name: 's', host: '10.0.0.1', security: 'none' }],
    ],
    [
      'certificateFile and keyFile go together',
      [{ kind: 'syslog', name: 's', host: '10.0.0.1', certificateFile: '/a' }],
    ],
    ['s3-tiles needs secretAccessKey or secretAccessKeyFile', [bucket]],
    ['tiles begin with the ledger', [{ ...bucket, secretAccessKeyFile: '/a', start: 'now' }]],
  ])('are refused: %s', (why, sinks) => {
    expect(refusalOf(...sinks)).toContain(why);
  });

  it.each([
    { ...siem, token: 'the-secret-itself' },
    { ...siem, url: 'file:///etc/passwd' },
    { ...siem, name: 'Siem' },
    { ...siem, records: { kinds: ['action.(a+)+'] } },
    { ...bucket, secretAccessKeyFile: '/a', prefix: '../' },
    { ...bucket, secretAccessKeyFile: '/a', prefix: 'a//b/' },
  ])('are refused: %j', (sink) => {
    expect(refusalOf(sink)).not.toBeUndefined();
  });
});
