/** Throws or rejects while the part cannot do its work. */
export type ReadinessCheck = () => void | Promise<void>;

export interface Readiness {
  readonly ready: boolean;
  /** By part; says no more than that, for anyone may ask. */
  readonly parts: Readonly<Record<string, 'ok' | 'failed'>>;
}

const checkMilliseconds = 2_000;

export async function checkReadiness(checks: Readonly<Record<string, ReadinessCheck>>): Promise<Readiness> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await runCheck(check)] as const),
  );
  return { ready: results.every(([, result]) => result === 'ok'), parts: Object.fromEntries(results) };
}

async function runCheck(check: ReadinessCheck): Promise<'ok' | 'failed'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'failed'>((resolve) => {
    timer = setTimeout(() => resolve('failed'), checkMilliseconds);
  });
  const done = (async () => check())().then(
    () => 'ok' as const,
    () => 'failed' as const,
  );
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}
