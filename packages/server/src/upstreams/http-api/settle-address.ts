import type { Context } from '../../context.ts';
import { findServer } from './find-server.ts';

interface Described {
  readonly kind: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly document?: string | undefined;
}

/** Settings whose base address is said: where a person left it out, it is taken from the document, once. */
export async function settleAddress<Input extends Described>(
  { upstreams }: Pick<Context, 'upstreams'>,
  input: Input,
): Promise<Input> {
  const { kind, settings, document } = input;
  if (kind !== 'http' || settings.url !== undefined) return input;
  const documentUrl = typeof settings.documentUrl === 'string' ? settings.documentUrl : undefined;
  const read = await upstreams.loadDocument({
    settings: {
      ...(documentUrl === undefined ? {} : { documentUrl }),
      allowPrivate: settings.allowPrivate === true,
    },
    document: document ?? null,
  });
  return { ...input, settings: { ...settings, url: findServer(read, documentUrl) } };
}
