import { isJsonObject, type JsonObject, type Verdict } from '@countersign/core';

/** Under which an agent finds what this house has to say about its call. */
export const noticeKey = 'countersign/notice';

/**
 * What the agent is told of policies in `warn`. Never which: how the policies are written is no matter of the agent's.
 */
export function writeWarnings({ effect, observed }: Verdict): readonly string[] {
  const would = observed.filter((one) => one.mode === 'warn' && one.would !== effect).map((one) => one.would);
  if (effect === 'deny') return [];
  if (would.includes('deny'))
    return ['A policy that is being tried out would have refused this call. Once it is enforced, it will.'];
  return would.includes('step_up')
    ? ['A policy that is being tried out would have asked a person first. Once it is enforced, it will.']
    : [];
}

/** The reply with the notices beside its result; the very same object when there are none. */
export function addNotices(response: JsonObject, notices: readonly string[]): JsonObject {
  const { result } = response;
  if (notices.length === 0 || !isJsonObject(result)) return response;
  const meta = isJsonObject(result._meta) ? result._meta : {};
  const earlier = readNotices(response);
  return { ...response, result: { ...result, _meta: { ...meta, [noticeKey]: [...earlier, ...notices] } } };
}

/** The same for a caller that speaks HTTP: texts in ASCII, what is beyond it percent-encoded. */
export function writeNoticeHeaders(
  notices: readonly string[],
): readonly (readonly [name: string, value: string])[] {
  if (notices.length === 0) return [];
  const value = notices
    .join(' ')
    .toWellFormed()
    .replaceAll(/[^ -~]|%/gu, encodeURIComponent);
  return [['countersign-notice', value]];
}

/** What `addNotices` has put beside a result. */
export function readNotices({ result }: JsonObject): readonly string[] {
  const meta = isJsonObject(result) && isJsonObject(result._meta) ? result._meta : {};
  const notices = meta[noticeKey];
  return Array.isArray(notices) ? notices.map(String) : [];
}
