import { readTokens } from '@countersign/core';
import type { CaptureRules, SAID_PLACES } from '../../config/capture.ts';
import { cutAt, cutInJson } from './cut-at.ts';

type Body = Readonly<Record<string, unknown>>;
type Said = CaptureRules['rules'][number]['said'];

/** Where records have it: what models were told and said stands within what is known of the call of the model. */
const places: ReadonlyMap<string, readonly (readonly string[])[]> = new Map<
  (typeof SAID_PLACES)[number],
  readonly (readonly string[])[]
>([
  ['prompt', [['prompt']]],
  ['result', [['result']]],
  ['messages', [['messages'], ['model', 'messages']]],
  ['documents', [['documents']]],
  ['system', [['model', 'system']]],
  ['answer', [['model', 'text']]],
]);

/** Leaves out what the pointers of a rule reach of what was said, and notes where. */
export function cutSaid(body: Body, said: Said, key: Uint8Array, omitted: string[]): Body {
  let cut = body;
  for (const [pointer, way] of Object.entries(said)) {
    const [place = '', ...rest] = readTokens(pointer);
    for (const path of places.get(place) ?? []) {
      const note = () => omitted.push(`/${path.join('/')}${pointer.slice(place.length + 1)}`);
      const [first = ''] = path;
      if (!Object.hasOwn(cut, first)) continue;
      const { [first]: value } = cut;
      const isJson = place === 'result' && rest.length > 0 && typeof value === 'string';
      cut = {
        ...cut,
        [first]: isJson
          ? cutInJson(value, rest, { way, key }, note)
          : cutAt(value, [...path.slice(1), ...rest], { way, key }, note),
      };
    }
  }
  return cut;
}
