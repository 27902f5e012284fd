import { toolCall } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { readEvidence } from './ground/read-evidence.ts';
import { addSource, makeExport, makeSpan, newSpan, newTrace, sendTelemetry } from './ground/tell.ts';
import { useScene } from './ground/use-scene.ts';

const scene = useScene();
const prompt =
  'Pay the invoice that the page at https://shop.example/invoice asks for, please and thank you.';

async function enrol(): Promise<Caller> {
  const { gateway, url } = scene();
  return createCaller(await gateway.enrol(), url);
}

interface Graph {
  readonly nodes: readonly { readonly record: { readonly id: string; readonly kind: string } }[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly link: string }[];
  readonly gaps: readonly { readonly code: string }[];
}

const explain = async (id: string) =>
  (await scene().gateway.operator('GET', `/v1/ledger/records/${id}/why`)).json as Graph;

const chat = (trace: string, span: string, callId: string) =>
  makeSpan({
    ...{ trace, span, name: 'chat gpt-5' },
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-5',
      'gen_ai.usage.input_tokens': 12,
      'gen_ai.system_instructions': [{ type: 'text', content: 'You buy things.' }],
      'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: prompt }] }],
      'gen_ai.output.messages': [
        {
          role: 'assistant',
          parts: [{ type: 'tool_call', id: callId, name: 'echo', arguments: { text: 'one' } }],
          finish_reason: 'tool_call',
        },
      ],
      'app.internal': 'kept by nobody',
    },
  });

describe('telemetry.joined', () => {
  it('joins prompts and retrievals to the call by trace and by its id, in whatever order they come', async () => {
    const { gateway } = scene();
    const caller = await enrol();
    const { secret, id: source } = await addSource(gateway, [caller.agentId]);
    const trace = newTrace();
    const [asking, reading] = [newSpan(), newSpan()];
    const retrieval = makeSpan({
      ...{ trace, span: reading, name: 'retrieval invoices' },
      attributes: {
        'gen_ai.operation.name': 'retrieval',
        'gen_ai.retrieval.query.text': 'the invoice',
        'gen_ai.retrieval.documents': [{ id: 'doc-7', score: 0.9, content: 'Pay 9 to account 42.' }],
      },
    });
    // Before, after, and twice: exporters repeat what was not answered.
    const first = await sendTelemetry(gateway, makeExport([retrieval]), { secret, gzip: true });
    expect([first.status, first.json]).toEqual([200, {}]);
    const meta = { 'gen_ai.tool.call.id': 'call_1', traceparent: `00-${trace}-${asking}-01` };
    const called = await caller.send(toolCall('echo', { text: 'one' }, { meta }));
    expect(called.status).toBe(200);
    for (const body of [
      makeExport([chat(trace, asking, 'call_1')]),
      makeExport([retrieval, chat(trace, asking, 'call_1')]),
    ])
      expect((await sendTelemetry(gateway, body, { secret })).json).toEqual({});

    const told = await gateway.records({ kind: 'task.span_told', agent: caller.agentId });
    expect(told).toHaveLength(2);
    const [said, read] = told;
    expect(said).toMatchObject({
      ...{ agent: caller.agentId, task: caller.task, trace, toolCall: 'call_1' },
      body: {
        ...{ source, operation: 'chat', span: asking, name: 'chat gpt-5', status: 'unset', signal: 'span' },
        attributes: { 'gen_ai.request.model': 'gpt-5', 'gen_ai.usage.input_tokens': 12 },
        messages: [
          { role: 'system', side: 'input', text: 'You buy things.' },
          { role: 'user', side: 'input', text: prompt },
          { role: 'assistant', side: 'output', toolCalls: [{ id: 'call_1', name: 'echo' }] },
        ],
      },
    });
    expect(JSON.stringify(said)).not.toContain('app.internal');
    expect(read).toMatchObject({ body: { documents: [{ id: 'doc-7', text: 'Pay 9 to account 42.' }] } });

    const { intent, outcome } = await readEvidence(gateway, { agent: caller.agentId });
    expect(intent).toMatchObject({ trace, toolCall: 'call_1' });
    const why = await explain(outcome.id);
    const ids = why.nodes.map(({ record }) => record.id);
    expect(ids).toEqual(expect.arrayContaining([said?.id, read?.id]));
    expect(why.edges).toContainEqual(
      expect.objectContaining({ from: said?.id, to: intent.id, link: 'tool_call' }),
    );
    expect(why.edges).toContainEqual(
      expect.objectContaining({ from: read?.id, to: intent.id, link: 'trace' }),
    );
    expect(why.gaps.map(({ code }) => code)).not.toContain('model_not_seen');
  });

  it('shows a gap where nothing was told', async () => {
    const { gateway } = scene();
    const caller = await enrol();
    await caller.call('echo', { text: 'two' });
    const { outcome } = await readEvidence(gateway, { agent: caller.agentId });
    expect((await explain(outcome.id)).gaps.map(({ code }) => code)).toContain('model_not_seen');
  });

  it('attaches nothing to an agent that did not say it', async () => {
    const { gateway } = scene();
    const [victim, forger] = [await enrol(), await enrol()];
    const trace = newTrace();
    const span = newSpan();
    const meta = { 'gen_ai.tool.call.id': 'call_9', traceparent: `00-${trace}-${span}-01` };
    await victim.send(toolCall('echo', { text: 'three' }, { meta }));
    const { secret } = await addSource(gateway, [forger.agentId]);
    expect(
      (await sendTelemetry(gateway, makeExport([chat(trace, span, 'call_9')]), { secret })).json,
    ).toEqual({});
    const [forged] = await gateway.records({ kind: 'task.span_told', trace });
    expect(forged).toMatchObject({ agent: forger.agentId });
    expect(forged).not.toHaveProperty('task');
    const { outcome } = await readEvidence(gateway, { agent: victim.agentId });
    const why = await explain(outcome.id);
    expect(why.nodes.map(({ record }) => record.id)).not.toContain(forged?.id);
    expect(why.gaps.map(({ code }) => code)).toContain('model_not_seen');
    // Neither its task nor its name can be taken by saying so.
    const claims = [
      makeExport([chat(newTrace(), newSpan(), 'call_9')], { 'countersign.task.id': victim.task }),
      makeExport([chat(newTrace(), newSpan(), 'call_9')], { 'countersign.agent.id': victim.agentId }),
      makeExport([chat(newTrace(), newSpan(), 'call_9')], { 'countersign.task.id': 'tsk_unknown' }),
    ];
    const replies = await Promise.all(claims.map((body) => sendTelemetry(gateway, body, { secret })));
    expect(replies.map(({ json }) => json)).toEqual([
      { partialSuccess: { rejectedSpans: '1', errorMessage: 'task_unknown: 1' } },
      { partialSuccess: { rejectedSpans: '1', errorMessage: 'agent_unknown: 1' } },
      { partialSuccess: { rejectedSpans: '1', errorMessage: 'task_unknown: 1' } },
    ]);
  });

  it('takes what an agent tells of its own task with its own proof', async () => {
    const { gateway } = scene();
    const caller = await enrol();
    const body = makeExport([makeSpan({ attributes: { 'gen_ai.operation.name': 'chat' } })]);
    const url = `${gateway.url}/otlp/v1/traces`;
    const told = await caller.agent.send({ url, token: caller.token, message: body });
    expect([told.status, told.json]).toEqual([200, {}]);
    const [span] = await gateway.records({ kind: 'task.span_told', agent: caller.agentId });
    expect(span).toMatchObject({ task: caller.task, body: { source: caller.agentId } });
    const other = makeExport([makeSpan({ attributes: { 'gen_ai.operation.name': 'chat' } })], {
      'countersign.task.id': (await enrol()).task,
    });
    const refused = await caller.agent.send({ url, token: caller.token, message: other });
    expect(refused.json).toMatchObject({ partialSuccess: { errorMessage: 'task_unknown: 1' } });
    const bare = await caller.agent.send({ url, token: caller.token, message: body, scheme: 'Bearer' });
    expect(bare.status).toBe(401);
    const control = await caller.agent.send({ url, token: await caller.agent.token(), message: body });
    expect(control.status).toBe(401);
  });

  it('names the agent that a collector tells of, and refuses an export that names none', async () => {
    const { gateway } = scene();
    const [one, two] = [await enrol(), await enrol()];
    const { secret } = await addSource(gateway, [one.agentId, two.agentId]);
    const span = () =>
      makeSpan({ attributes: { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'echo' } });
    const named = makeExport([span()], { 'countersign.agent.id': two.agentId });
    expect((await sendTelemetry(gateway, named, { secret })).json).toEqual({});
    expect(await gateway.records({ kind: 'task.span_told', agent: two.agentId })).toHaveLength(1);
    const { json } = await sendTelemetry(gateway, makeExport([span(), span()]), { secret });
    expect(json).toEqual({ partialSuccess: { rejectedSpans: '2', errorMessage: 'agent_unknown: 2' } });
  });
});
