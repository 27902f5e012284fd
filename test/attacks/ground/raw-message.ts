import { REVISION, toolCall } from '@countersign/testkit';
import type { Tweak } from './side.ts';

/** A call of `echo` as text, to be broken by hand, and the headers that go with it. */
export function rawEcho(text = 'hi'): { readonly body: string; readonly tweak: Tweak } {
  const { message, headers } = toolCall('echo', { text });
  return { body: JSON.stringify(message), tweak: { headers } };
}

export const META = `"_meta":{"io.modelcontextprotocol/protocolVersion":"${REVISION}","io.modelcontextprotocol/clientCapabilities":{}}`;
