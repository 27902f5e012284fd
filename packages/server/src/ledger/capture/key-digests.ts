import { keyDigest } from './cut-at.ts';

type Body = Readonly<Record<string, unknown>>;

/**
 * While something is left out of what was said, no digest in the record may be one of it that anybody can try texts against.
 * A text that stands in another record may have been cut there, so that its digest here goes the same way. What binds a call or a
 * plan to its approval, and names a version of tools, stays.
 */
export function keyDigests(body: Body, omitted: readonly string[], key: Uint8Array): Body {
  const isCut = (place: string) => omitted.some((at) => at === place || at.startsWith(`${place}/`));
  let keyed = body;
  if (typeof body.promptDigest === 'string' && isCut('/prompt'))
    keyed = { ...keyed, promptDigest: keyDigest(key, body.promptDigest) };
  for (const place of ['messages', 'documents'] as const) {
    const entries = body[place];
    if (Array.isArray(entries) && mustKey(entries, isCut(`/${place}`)))
      keyed = { ...keyed, [place]: keyEntries(entries, isCut(`/${place}`), key) };
  }
  const { model } = body;
  if (isBody(model)) {
    const changed = keyModel(model, isCut, key);
    if (changed !== model) keyed = { ...keyed, model: changed };
  }
  return keyed;
}

function keyModel(model: Body, isCut: (place: string) => boolean, key: Uint8Array): Body {
  const { messages, system } = model;
  const [entries, isSaidCut] = [Array.isArray(messages) ? messages : [], isCut('/model/messages')];
  const isSystemCut = isCut('/model/system') || (isBody(system) && system.in !== undefined);
  const isAnswerCut = isCut('/model');
  const keysEntries = mustKey(entries, isSaidCut);
  const names = [
    ...(isSystemCut ? ['systemDigest'] : []),
    ...(keysEntries || isSystemCut ? ['inputDigest', 'earlierDigest'] : []),
    ...(isAnswerCut ? ['textDigest'] : []),
  ];
  const found = names.flatMap((name): [string, string][] => {
    const digest = model[name];
    return typeof digest === 'string' ? [[name, keyDigest(key, digest)]] : [];
  });
  if (found.length === 0 && !keysEntries) return model;
  return {
    ...model,
    ...Object.fromEntries(found),
    ...(keysEntries ? { messages: keyEntries(entries, isSaidCut, key) } : {}),
  };
}

function mustKey(entries: readonly unknown[], isCut: boolean): boolean {
  return isCut || entries.some((entry) => isBody(entry) && entry.in !== undefined);
}

function keyEntries(entries: readonly unknown[], isCut: boolean, key: Uint8Array): readonly unknown[] {
  return entries.map((entry) => {
    if (!isBody(entry) || typeof entry.digest !== 'string') return entry;
    return isCut || entry.in !== undefined ? { ...entry, digest: keyDigest(key, entry.digest) } : entry;
  });
}

function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
