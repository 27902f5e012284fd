import type { Context } from '../context.ts';

const intervalMilliseconds = 1_000;

/** Tells the ledger of refused sign-ins: at most one record a second, with how many it stands for. */
export function createRefusalRecorder(
  context: Pick<Context, 'log' | 'platform' | 'store'>,
): (reason: string) => void {
  const counts = new Map<string, number>();
  let isWaiting = false;
  const flush = (): void => {
    isWaiting = false;
    const body = { refused: Object.fromEntries(counts) };
    counts.clear();
    const record = {
      id: context.platform.newId('rec'),
      kind: 'person.sign_in_refused',
      at: context.platform.now(),
      causes: [],
      body,
    } as const;
    context.store
      .append([record])
      .catch((thrown: unknown) => context.log.error({ err: thrown }, 'a refused sign-in was not recorded'));
  };
  return (reason) => {
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(flush, intervalMilliseconds).unref();
  };
}
