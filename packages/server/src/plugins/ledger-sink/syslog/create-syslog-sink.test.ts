import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FakeSyslog, startFakeSyslog } from '@countersign/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeBatch, makeSinkRecord, testLedgerSink } from '../ledger-sink.contract.ts';
import { createSyslogSink, type SyslogParts } from './create-syslog-sink.ts';

const open = (port: number, over: Partial<SyslogParts> = {}) =>
  createSyslogSink({
    ...{ name: 'syslog', host: '127.0.0.1', port, security: 'none', allowPrivate: true },
    ...{ hostname: 'gate.example.com', enterprise: 32_473, maxMessageBytes: 65_536 },
    ...over,
  });
const show = (server: FakeSyslog) => async () =>
  server.messages.map(({ data, text }) => ({
    id: JSON.parse(text).id,
    text: `${JSON.stringify(data)} ${text}`,
  }));

let folder: string;
let tls: { cert: string; key: string };
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'syslog-'));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
    ],
    { stdio: 'ignore' },
  );
  tls = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the contract, over TCP', () =>
  testLedgerSink(async () => {
    const server = await startFakeSyslog();
    const sink = open(server.port);
    return { sink, keeps: 'each-time', believes: [], ...server, show: show(server) };
  }));

describe('the contract, over TLS', () =>
  testLedgerSink(async () => {
    const server = await startFakeSyslog({ tls });
    const sink = open(server.port, { host: 'localhost', security: 'tls', certificateAuthority: tls.cert });
    return { sink, keeps: 'each-time', believes: [], ...server, show: show(server) };
  }));

describe('a message', () => {
  let server: FakeSyslog;
  beforeEach(async () => {
    server = await startFakeSyslog();
  });
  afterEach(() => server.close());

  it('has the names of the record as structured data, and its severity', async () => {
    const denied = makeSinkRecord(2, { body: { effect: 'deny' }, trace: 'ab'.repeat(16) });
    await open(server.port).deliver(makeBatch(1, 2, { records: [makeSinkRecord(1), denied] }));
    const [first, second] = server.messages;
    expect(first).toMatchObject({
      ...{ priority: 13 * 8 + 6, hostname: 'gate.example.com', application: 'countersign' },
      ...{ kind: 'action.decision', time: '2026-09-21T14:13:20.001Z' },
      data: { seq: '1', id: makeSinkRecord(1).id, agent: 'agt_a', person: 'per_a', tool: 'pay' },
    });
    expect(second).toMatchObject({ priority: 13 * 8 + 4, data: { trace: 'ab'.repeat(16) } });
  });

  it('cannot be ended or begun by what is in it', async () => {
    const agent = 'x"] evil\n<0>1 - - - - - \\';
    await open(server.port).deliver(makeBatch(0, 1, { records: [makeSinkRecord(0, { agent })] }));
    expect(server.messages).toHaveLength(1);
    expect(server.messages[0]?.data.agent).toBe('x"] evil <0>1 - - - - - \\');
    expect(server.messages[0]?.text).not.toContain('\n');
  });

  it('that is too long comes without its body and says so', async () => {
    const body = { text: 'é'.repeat(5_000) };
    const sink = open(server.port, { maxMessageBytes: 4_096 });
    await sink.deliver(makeBatch(0, 1, { records: [makeSinkRecord(0, { body })] }));
    expect(server.messages[0]?.data.cut).toBe('body');
    expect(JSON.parse(server.messages[0]?.text ?? '').body).toBeUndefined();
  });

  it('goes to nobody whose certificate is not known, and to no address that is not allowed', async () => {
    const other = await startFakeSyslog({ tls });
    const stranger = open(other.port, { host: 'localhost', security: 'tls' });
    expect(await stranger.deliver(makeBatch(0, 1))).toMatchObject({ outcome: 'failed' });
    expect(other.messages).toHaveLength(0);
    await other.close();
    for (const address of ['127.0.0.1', '169.254.169.254', '::1'])
      expect(
        await open(server.port, {
          ...{ host: 'siem.example.com', security: 'tls', allowPrivate: false },
          lookup: async () => ['192.0.0.170', address],
        }).deliver(makeBatch(0, 1)),
      ).toEqual({ outcome: 'failed', why: 'upstream.address_refused' });
  });
});
