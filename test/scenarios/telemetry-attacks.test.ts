import { gzipSync } from 'node:zlib';
import { sendHttp } from '@countersign/testkit';
import { describe, expect, it, vi } from 'vitest';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { addSource, makeExport, makeSpan, newSpan, newTrace, sendTelemetry } from './ground/tell.ts';
import { SECRET, useScene } from './ground/use-scene.ts';

const scene = useScene({ environment: { COUNTERSIGN_TELEMETRY_PIECES_PER_MINUTE: '60' } });

async function enrol(): Promise<Caller> {
  const { gateway, url } = scene();
  return createCaller(await gateway.enrol(), url);
}
async function enrolTold() {
  const caller = await enrol();
  return { caller, ...(await addSource(scene().gateway, [caller.agentId])) };
}

const chat = (more: Parameters<typeof makeSpan>[0] = {}) =>
  makeSpan({ ...more, attributes: { 'gen_ai.operation.name': 'chat', ...more.attributes } });
const told = (agent: string) => scene().gateway.records({ kind: 'task.span_told', agent });
const codeOf = ({ headers }: { headers: { readonly [name: string]: string | undefined } }) =>
  headers['x-countersign-error'];

describe('telemetry.attacked', () => {
  it('takes no secret that is wrong, has run out or was removed, and its own for nothing else', async () => {
    const { gateway } = scene();
    const { caller, id, secret } = await enrolTold();
    const body = makeExport([chat()]);
    const wrong = `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`;
    for (const shown of [wrong, `cst_${id}_`, secret.replace('cst_', 'csh_'), 'x'])
      expect((await sendTelemetry(gateway, body, { secret: shown })).status).toBe(401);
    expect(codeOf(await sendTelemetry(gateway, body, {}))).toBe('token.missing');
    for (const path of [
      '/mcp/shop',
      '/hooks/desk/call',
      '/hooks/claude',
      '/access/v1/evaluation',
      '/v1/tasks',
      '/v1/ledger',
    ]) {
      const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
      const reply = await sendHttp({
        url: `${gateway.url}${path}`,
        headers,
        body: '{"hook_event_name":"PreToolUse"}',
      });
      expect([path, reply.status === 401 || reply.body.includes('token.hook_invalid')]).toEqual([path, true]);
    }
    const wide = { name: 'wide', upstreams: '*', telemetry: { agentIds: [caller.agentId] } };
    const refused = await gateway.operator('POST', '/v1/tokens/enforcement-points', wide);
    expect(refused.json).toMatchObject({ code: 'server.request_invalid' });
    expect((await sendTelemetry(gateway, body, { secret })).status).toBe(200);
    const short = await addSource(gateway, [caller.agentId], { hours: 1 });
    const shown = await gateway.operator('GET', '/v1/tokens/enforcement-points');
    expect(shown.body).not.toContain('secretDigest');
    expect((await gateway.exportLedger()).join()).not.toContain(secret.slice(-43));
    await sendHttp({
      ...{ method: 'DELETE', url: `${gateway.url}/v1/tokens/enforcement-points/${id}` },
      headers: { authorization: `Bearer ${await gateway.operatorToken()}` },
    });
    expect(codeOf(await sendTelemetry(gateway, body, { secret }))).toBe('token.telemetry_invalid');
    gateway.advance(3_601_000);
    expect(codeOf(await sendTelemetry(gateway, body, { secret: short.secret }))).toBe(
      'token.telemetry_invalid',
    );
  });

  it('answers what it cannot take as OTLP says, in the form that it was sent in', async () => {
    const { gateway } = scene();
    const { secret } = await enrolTold();
    const protobuf = { 'content-type': 'application/x-protobuf' };
    const send = async (body: string | Uint8Array, more: object) => {
      const reply = await sendTelemetry(gateway, body, { secret, ...more });
      return [reply.status, codeOf(reply), reply.headers['content-type']];
    };
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect(await send('{', {})).toEqual([400, 'task.telemetry_invalid', 'application/json']);
    expect(await send('[]', {})).toEqual([400, 'task.telemetry_invalid', 'application/json']);
    expect(await send('\x0a\xff', { headers: protobuf })).toEqual([
      400,
      'task.telemetry_invalid',
      'application/x-protobuf',
    ]);
    expect(await send(bomb, { headers: { 'content-encoding': 'gzip' } })).toEqual([
      413,
      'action.too_large',
      'application/json',
    ]);
    expect(await send('no gzip', { headers: { 'content-encoding': 'gzip' } })).toEqual([
      400,
      'task.telemetry_invalid',
      'application/json',
    ]);
    expect(await send('{}', { headers: { 'content-encoding': 'br' } })).toEqual([
      415,
      'task.telemetry_type_refused',
      'application/json',
    ]);
    expect(await send('{}', { headers: { 'content-type': 'text/plain' } })).toEqual([
      415,
      'task.telemetry_type_refused',
      'application/json',
    ]);
    expect(await send('{}', { path: '/otlp/v1/metrics' })).toEqual([
      404,
      'task.telemetry_signal_refused',
      'application/json',
    ]);
    const failed = await sendTelemetry(gateway, '{', { secret });
    expect(failed.json).toEqual({ code: 3, message: expect.stringContaining('task.telemetry_invalid') });
    const empty = await sendTelemetry(gateway, new Uint8Array(), { secret, headers: protobuf });
    expect([empty.status, empty.body, empty.headers['content-type']]).toEqual([
      200,
      '',
      'application/x-protobuf',
    ]);
  });

  it('records each span once, over a restart too, and counts the rest', async () => {
    const { gateway } = scene();
    const { caller, id, secret } = await enrolTold();
    const span = chat({ name: 'once' });
    const noise = makeSpan({ name: 'GET /', attributes: { 'http.request.method': 'GET' } });
    const log = {
      resourceLogs: [
        {
          scopeLogs: [
            {
              logRecords: [
                {
                  timeUnixNano: '1700000000000000000',
                  eventName: 'gen_ai.user.message',
                  body: { stringValue: 'Hello' },
                },
                { timeUnixNano: '1700000000000000000', body: { stringValue: 'an ordinary line' } },
              ],
            },
          ],
        },
      ],
    };
    await sendTelemetry(gateway, makeExport([span, noise, span]), { secret });
    await sendTelemetry(gateway, makeExport([span]), { secret });
    await sendTelemetry(gateway, log, { secret, path: '/otlp/v1/logs' });
    await gateway.restart();
    await sendTelemetry(gateway, makeExport([noise, span]), { secret });
    await sendTelemetry(gateway, log, { secret, path: '/otlp/v1/logs' });
    const found = await told(caller.agentId);
    expect(found.map(({ body }) => (body as { name: string }).name).sort()).toEqual([
      'gen_ai.user.message',
      'once',
    ]);
    gateway.advance(61_000);
    const counts = await vi.waitFor(
      async () => {
        const records = await gateway.records({ kind: 'task.telemetry_counted' });
        const own = records.filter(({ body }) => (body as { source: string }).source === id);
        expect(own.length).toBeGreaterThanOrEqual(2);
        return own.map(({ body }) => (body as { pieces: Record<string, number> }).pieces);
      },
      { timeout: 10_000, interval: 200 },
    );
    const sum = (what: string) => counts.reduce((all, pieces) => all + (pieces[what] ?? 0), 0);
    expect([sum('repeated'), sum('irrelevant')]).toEqual([4, 4]);
  });

  it('takes so much of a source in a minute, and none of what others may tell', async () => {
    const { gateway } = scene();
    const { caller, secret } = await enrolTold();
    const flood = makeExport(Array.from({ length: 160 }, () => chat()));
    const first = await sendTelemetry(gateway, flood, { secret });
    const rejected = Number(
      (first.json as { partialSuccess: { rejectedSpans: string } }).partialSuccess.rejectedSpans,
    );
    expect(rejected).toBe(100);
    // A slow machine lets one in now and then.
    let second = await sendTelemetry(gateway, flood, { secret });
    for (let tries = 0; second.status === 200 && tries < 10; tries += 1)
      second = await sendTelemetry(gateway, flood, { secret });
    expect([second.status, codeOf(second)]).toEqual([429, 'server.rate_limited']);
    expect(Number(second.headers['retry-after'])).toBeGreaterThan(0);
    expect(second.json).toMatchObject({ code: 8 });
    expect((await told(caller.agentId)).length).toBeLessThan(75);
    const other = await enrolTold();
    expect((await sendTelemetry(gateway, makeExport([chat()]), { secret: other.secret })).json).toEqual({});
    gateway.advance(60_000);
    expect((await sendTelemetry(gateway, makeExport([chat()]), { secret })).json).toEqual({});
  });

  it('keeps no credential, nothing without bound, and what came late or from a wrong clock as it was told', async () => {
    const { gateway } = scene();
    const { caller, secret } = await enrolTold();
    const long = 'A long text. '.repeat(2_000);
    const attributes = {
      'gen_ai.input.messages': [
        { role: 'user', content: `The key is ${SECRET}, or ${Buffer.from(SECRET).toString('base64')}.` },
        { role: 'user', content: `Use ${secret} and ghp_${'a1'.repeat(18)} then.` },
        ...Array.from({ length: 100 }, (_, at) => ({ role: 'user', content: `${at} ${long}` })),
      ],
      __proto__: 'polluted',
      'gen_ai.request.model': 'm'.repeat(5_000),
    };
    const at = Date.now() + 86_400_000;
    const big = makeExport([chat({ name: 'big', at, attributes })]);
    expect((await sendTelemetry(gateway, big, { secret })).json).toEqual({});
    const again = await addSource(gateway, [caller.agentId]);
    const few = { 'gen_ai.input.messages': attributes['gen_ai.input.messages'].slice(0, 2) };
    const late = makeExport([chat({ at: 1_000_000, attributes: few })]);
    expect((await sendTelemetry(gateway, late, { secret: again.secret })).json).toEqual({});
    const found = await told(caller.agentId);
    const text = JSON.stringify(found);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(Buffer.from(SECRET).toString('base64'));
    expect(text).not.toContain(secret);
    expect(text).not.toContain('ghp_');
    expect(text.match(/\[redacted by countersign\]/g)?.length).toBeGreaterThanOrEqual(3);
    const [old, kept] = found;
    expect(old).toMatchObject({ body: { start: 1_000_000 } });
    expect(kept).toMatchObject({ body: { start: at, leftOut: 38 } });
    expect(Number(kept?.at)).toBeLessThan(at);
    expect(JSON.stringify(kept).length).toBeLessThan(100_000);
  });

  it('names what it has already instead of repeating it', async () => {
    const { gateway } = scene();
    const { caller, secret } = await enrolTold();
    const trace = newTrace();
    const prompt = 'A prompt that every turn of the conversation repeats, with all that came before it.';
    const turn = (span: string) =>
      chat({ trace, span, attributes: { 'gen_ai.input.messages': [{ role: 'user', content: prompt }] } });
    await sendTelemetry(gateway, makeExport([turn(newSpan())]), { secret });
    await sendTelemetry(gateway, makeExport([turn(newSpan())]), { secret });
    const [second, first] = await told(caller.agentId);
    const messages = (record: typeof first) => Reflect.get(Object(record?.body), 'messages');
    expect(messages(first)).toEqual([
      { digest: expect.any(String), role: 'user', side: 'input', text: prompt },
    ]);
    expect(messages(second)).toEqual([
      { digest: expect.any(String), role: 'user', side: 'input', in: first?.id },
    ]);
  });
});
