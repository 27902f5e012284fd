import { AppError, type LedgerRecord, toAppError } from '@countersign/api';
import type { Context } from '../../../context.ts';
import type { DrillStep, KnownDrill } from '../drill-schema.ts';
import type { DrillReport, StepReport } from '../report/drill-report.ts';
import { playPassOn } from './play-authority.ts';
import { playCall } from './play-call.ts';
import { playDefinition } from './play-definition.ts';
import { playEnd } from './play-end.ts';
import { playBegin } from './play-flight.ts';
import { playReach } from './play-reach.ts';
import { type DrillPlan, type OpenStage, setStage } from './set-stage.ts';
import type { Stage, StepFinding } from './stage.ts';

const longestMilliseconds = 60_000;

/** Plays one drill in a world of its own and removes that world again, however it goes. */
export async function playDrill(
  live: Context,
  known: KnownDrill,
  { run, groups, ending: stopping }: Pick<DrillPlan, 'run' | 'groups'> & { readonly ending: AbortSignal },
): Promise<DrillReport> {
  const { drill, source, file, digest } = known;
  const startedAt = live.platform.now();
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), longestMilliseconds);
  const breakOff = () => ending.abort();
  stopping.addEventListener('abort', breakOff, { once: true });
  const steps: StepReport[] = [];
  let failure: string | null = null;
  const policyVersion = live.policies.version;
  try {
    if (stopping.aborted) throw new AppError('server.overloaded', { detail: 'the server is stopping' });
    const open = await setStage(live, { drill, run, groups, over: ending.signal });
    try {
      // What it took to set the stage is kept, too: the steps rest on it.
      await keepRecords(live, run, open);
      for (const step of drill.steps) {
        const report = await playStep(live, run, open, step);
        steps.push(report);
        if ((report.isPremise && !report.passed) || ending.signal.aborted) break;
      }
    } finally {
      ending.abort();
      await Promise.allSettled(open.stage.inFlight.values());
      await keepRecords(live, run, open).finally(() => open.world.close());
    }
  } catch (thrown) {
    const { code, detail } = toAppError(thrown);
    failure = detail === undefined ? code : `${code}: ${detail}`;
    live.log.warn({ drill: drill.drill, run, code, err: thrown }, 'a drill could not be played');
  } finally {
    clearTimeout(timer);
    stopping.removeEventListener('abort', breakOff);
  }
  const notPlayed = drill.steps.length - steps.length;
  return {
    ...{ name: drill.drill, title: drill.title, about: drill.about ?? null, covers: drill.covers },
    ...{ source, file, digest, policyVersion, failure, notPlayed, steps },
    outcome: judge(steps, notPlayed, failure),
    startedAt,
    milliseconds: live.platform.now() - startedAt,
    contained: findContainment(steps),
  };
}

async function playStep(live: Context, run: string, open: OpenStage, step: DrillStep): Promise<StepReport> {
  const finding = await play(open.stage, step);
  const records = await keepRecords(live, run, open);
  const policies = records.flatMap(({ kind, body }) =>
    kind === 'action.decision' && Array.isArray(body.policies) ? body.policies.map(String) : [],
  );
  const ids = records.map(({ id }) => id);
  return { ...finding, policies: [...new Set(policies)].slice(0, 50), records: ids.slice(-200) };
}

function play(stage: Stage, step: DrillStep): Promise<StepFinding> {
  if ('begin' in step) return playBegin(stage, step);
  if ('call' in step) return playCall(stage, step);
  if ('passOn' in step) return playPassOn(stage, step);
  if ('change' in step) return playDefinition(stage, step);
  if ('reach' in step) return playReach(stage, step);
  return playEnd(stage, step);
}

const atOnce = 100;

/** Puts what was recorded in the world into the ledger of the house, marked, before anything is said about it. */
async function keepRecords(
  live: Context,
  run: string,
  { world }: OpenStage,
): Promise<readonly LedgerRecord[]> {
  const records = await world.takeRecords();
  for (let from = 0; from < records.length; from += atOnce)
    await live.store.append(records.slice(from, from + atOnce).map((record) => ({ ...record, drill: run })));
  return records;
}

function judge(
  steps: readonly StepReport[],
  notPlayed: number,
  failure: string | null,
): DrillReport['outcome'] {
  if (steps.some(({ passed, isPremise }) => !passed && !isPremise)) return 'not_contained';
  if (failure !== null || notPlayed > 0 || steps.some(({ passed }) => !passed)) return 'inconclusive';
  return 'contained';
}

/** The first step at which what had to be contained was. */
function findContainment(steps: readonly StepReport[]): DrillReport['contained'] {
  const first = steps.find(({ isPremise, passed }) => !isPremise && passed);
  return first === undefined ? null : { calls: first.calls, milliseconds: first.milliseconds };
}
