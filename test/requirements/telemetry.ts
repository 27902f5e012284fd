import { behaviour, type Requirement } from './requirement.ts';

/** What frameworks tell of models, tools and what they read. */
export const telemetry: readonly Requirement[] = [
  behaviour(
    'telemetry.joined',
    'test/scenarios/telemetry.test.ts',
    'Prompts, retrievals and answers told over OTLP join the calls of the same agent, in any order, and attach to nobody else.',
  ),
  behaviour(
    'telemetry.attacked',
    'test/scenarios/telemetry-attacks.test.ts',
    'Floods, repetitions, bombs, wrong clocks, stolen and forged sources cost a bounded amount, and no credential is kept.',
  ),
  behaviour(
    'telemetry.frameworks',
    'test/hooks/telemetry.test.ts',
    'What the official exporters send of the telemetry of the AI SDK and of logs, in JSON and protobuf, joins the calls of its tools.',
  ),
];
