import type { PolicyContext } from './activate-bundle.ts';
import { listPinnedTools } from './list-pinned-tools.ts';

type Misfits = ReadonlyMap<string, readonly string[]>;

const settleMilliseconds = 100;

/**
 * After a change of upstreams or tools: gets ready for the new ones, and says which of them the policies in force do not
 * fit. Those are denied from the moment they changed, whether this has run or not. Returns how to stop.
 */
export function followTools(context: PolicyContext, report: (misfits: Misfits) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let said = '';
  const check = async (): Promise<void> => {
    // A folder that was refused because its upstream was not there yet gets another chance.
    await context.policies.reload().catch(() => undefined);
    const { live } = context.policies;
    if (live === null) return;
    const tools = listPinnedTools(context.upstreams);
    await live.warm(tools);
    if (context.policies.live !== live) return;
    const misfits = live.listMisfits(tools);
    report(misfits);
    const saying = JSON.stringify([live.version, [...misfits]]);
    if (saying === said) return;
    said = saying;
    if (misfits.size > 0) await recordMisfits(context, live.version, misfits);
  };
  const schedule = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running
        .then(check)
        .catch((err) => context.log.error({ err }, 'the policies were not checked'));
    }, settleMilliseconds);
    timer.unref();
  };
  const unfollow = context.upstreams.onChange(schedule);
  schedule();
  return () => {
    clearTimeout(timer);
    unfollow();
  };
}

async function recordMisfits(context: PolicyContext, version: string, misfits: Misfits): Promise<void> {
  const tools = [...misfits]
    .slice(0, 100)
    .map(([tool, policies]) => ({ tool: tool.slice(0, 256), policies }));
  context.log.error({ version, tools }, 'tools are denied because policies no longer fit them');
  await context.store.append([
    {
      id: context.platform.newId('rec'),
      kind: 'policy.refused',
      at: context.platform.now(),
      causes: [],
      policyVersion: version,
      body: { by: 'system:policies', tools },
    },
  ]);
}
