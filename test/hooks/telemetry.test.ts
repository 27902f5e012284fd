import { OpenTelemetry } from '@ai-sdk/otel';
import { exportTo, Gate, readTraceparent } from '@countersign/sdk';
import { governed } from '@countersign/sdk/ai';
import * as api from '@opentelemetry/api';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-node';
import { generateText, isStepCount, tool } from 'ai';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addSource } from '../scenarios/ground/tell.ts';
import { useHooks } from '../scenarios/ground/use-hooks.ts';
import { createScriptedModel } from './scripted-model.ts';

const scene = useHooks();
const prompt = 'Tidy the desk, and say what is on it.';

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly link: string;
}

/** Everything that the work makes spans of, sent by the exporter as its users configure it. */
async function withTracing(
  exporter: SpanExporter,
  work: (telemetry: OpenTelemetry) => Promise<void>,
): Promise<void> {
  const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  provider.register();
  try {
    await work(new OpenTelemetry({ tracer: provider.getTracer('tests') }));
    await provider.forceFlush();
  } finally {
    await provider.shutdown();
    api.trace.disable();
    api.context.disable();
  }
}

describe('telemetry.frameworks', () => {
  it.each([
    ['JSON', (settings: object) => new JsonExporter(settings) as unknown as SpanExporter],
    [
      'protobuf with gzip',
      (settings: object) =>
        new ProtobufExporter({ ...settings, compression: 'gzip' } as object) as unknown as SpanExporter,
    ],
  ])(
    "joins the AI SDK's own telemetry, exported as %s, to the calls of its tools",
    async (form, makeExporter) => {
      const { gateway, agent } = scene();
      const { secret } = await addSource(gateway, [agent.agentId]);
      const callId = `call_${form.slice(0, 4)}`;
      let taskId = '';
      await withTracing(makeExporter(exportTo({ url: gateway.url, secret })), async (telemetry) => {
        await using gate = await Gate.open(agent, {
          ...{ upstream: 'desk', purpose: 'Tests', prompt },
          traceparent: () => readTraceparent(api),
        });
        taskId = gate.task.id;
        const Bash = tool({
          inputSchema: z.object({ command: z.string() }),
          execute: async () => 'a pen and a lamp',
        });
        await generateText({
          model: createScriptedModel([{ id: callId, tool: 'Bash', arguments: { command: `ls ${form}` } }]),
          ...{ prompt, stopWhen: isStepCount(2), tools: { Bash } },
          telemetry: { integrations: [telemetry] },
          ...governed(gate),
        });
      });

      const [intent] = await gateway.records({ task: taskId, kind: 'action.intent' });
      const told = (await gateway.records({ kind: 'task.span_told', agent: agent.agentId })).filter(
        (record) => JSON.stringify(record).includes(callId),
      );
      const operations = told.map(({ body }) => (body as { operation: string }).operation);
      expect(operations).toEqual(expect.arrayContaining(['chat', 'execute_tool']));
      const chat = told.find(
        ({ toolCall, body }) => toolCall === callId && Reflect.get(Object(body), 'operation') === 'chat',
      );
      expect(JSON.stringify(chat)).toContain(prompt);
      expect(JSON.stringify(told)).toContain('a pen and a lamp');
      const why = (await gateway.operator('GET', `/v1/ledger/records/${intent?.id}/why`)).json;
      expect((why as { edges: readonly Edge[] }).edges).toContainEqual(
        expect.objectContaining({ from: chat?.id, to: intent?.id, link: 'tool_call' }),
      );
    },
  );

  it('takes the details of an inference as the log exporter sends them', async () => {
    const { gateway, agent } = scene();
    const { secret } = await addSource(gateway, [agent.agentId]);
    const exporter = new OTLPLogExporter({ ...exportTo({ url: gateway.url, secret }, 'logs') });
    const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
    provider.getLogger('tests').emit({
      eventName: 'gen_ai.client.inference.operation.details',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'From a log' }] }],
      },
    });
    await provider.forceFlush();
    await provider.shutdown();
    const [record] = await gateway.records({ kind: 'task.span_told', agent: agent.agentId });
    expect(record).toMatchObject({
      body: { signal: 'log', operation: 'chat', messages: [{ role: 'user', text: 'From a log' }] },
    });
  });
});
