import type { BenchOptions, BenchReport } from '../main.ts';
import { startContenders } from './contenders.ts';
import { describeFolder } from './describe-folder.ts';
import { makeAgentKey } from './make-requests.ts';
import { measureAgents } from './measure-agents.ts';
import { measureCertificates } from './measure-certificates.ts';
import { measureSteps } from './measure-steps.ts';
import { measureThroughput } from './measure-throughput.ts';

const agents = 10_000;

/** What governing a call costs: against a proxy that only verifies a signature, and against one that does nothing. */
export async function runPathBench(options: BenchOptions): Promise<BenchReport> {
  options.progress(`setting up: ${agents} agents with a delegation and a task each`);
  const started = performance.now();
  const contenders = await startContenders(Array.from({ length: agents }, makeAgentKey));
  try {
    options.progress(`set up in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    const storage = await describeFolder(contenders.folder);
    const throughput = await measureThroughput(contenders, options);
    const certificates = await measureCertificates(contenders, options);
    const { steps, p50Milliseconds } = await measureSteps(contenders);
    const many = await measureAgents(contenders, options);
    return {
      figures: {
        ...throughput.figures,
        ...certificates.figures,
        agents_10000_over_1: many.ratio,
        step_us: steps,
      },
      notes: [
        storage,
        ...throughput.notes,
        ...certificates.notes,
        `resident memory of the gateway: ${many.resident.before.toFixed(0)} MB before ${agents} agents called in turn, ${many.resident.after.toFixed(0)} MB after`,
        `one call at a time: ${p50Milliseconds.toFixed(2)} ms; the first call of an agent: ${many.coldMicroseconds.toFixed(0)} us of throughput`,
      ],
    };
  } finally {
    await contenders.stop();
  }
}
