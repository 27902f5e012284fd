import { AppError, toAppError } from '@countersign/api';
import { replaceSecrets } from '@countersign/core';
import type { Context } from '../../context.ts';
import { redactText } from '../../upstreams/index.ts';

/** Takes credentials out of what is told. */
export type RedactTold = (text: string) => string;

const mark = '[redacted by countersign]';
const refreshMilliseconds = 300_000;
const mostSecrets = 256;
/** Shorter ones would be found in any prose. */
const shortestValue = 8;
const ownForm = /cs[ht]_pep_[0-9A-Z]{26}_[A-Za-z0-9_-]{43}/g;

/**
 * Makes a redactor of every static credential that the house holds for its upstreams, and of what has the form of one.
 * Rejects with `secret.unavailable` while they were never read, or when they are more than 256: nothing is kept that could not be looked through.
 */
export function createTellingRedactor(
  context: Pick<Context, 'log' | 'platform' | 'secrets'>,
): () => Promise<RedactTold> {
  let values: readonly string[] | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const now = context.platform.now();
    if (values === undefined || Math.abs(now - readAt) > refreshMilliseconds) {
      try {
        values = await readValues(context);
        readAt = now;
      } catch (thrown) {
        if (values === undefined) throw thrown;
        context.log.warn({ err: thrown }, 'telemetry is looked through for the credentials known before');
      }
    }
    const known = values;
    // Looking for only some of them would let the others through.
    if (known === undefined)
      throw new AppError('secret.unavailable', {
        detail: `telemetry can be looked through for ${mostSecrets} static secrets at the most`,
      });
    return (text) => redactForms(redactText(text, known));
  };
}

/** Undefined when they are too many. */
async function readValues({ secrets }: Pick<Context, 'secrets'>): Promise<readonly string[] | undefined> {
  const values: string[] = [];
  const known = (await secrets.list()).filter(({ kind }) => kind === 'static');
  if (known.length > mostSecrets) return undefined;
  for (const { name } of known) {
    // One that has fields, or is too old to be used, is read by nobody under this name.
    const found = await secrets.get(name).catch((thrown: unknown) => {
      if (toAppError(thrown).code === 'secret.unavailable') throw thrown;
      return undefined;
    });
    values.push(...[found?.value, found?.previous?.value].filter((value) => value !== undefined));
  }
  return values.filter((value) => value.length >= shortestValue);
}

export function redactForms(text: string): string {
  return replaceSecrets(text.replace(ownForm, mark), mark);
}
