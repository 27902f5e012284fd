import { sha256Text } from './doors/sha256.ts';

/**
 * The verifier asks and reads on; the browser answers later. So everything is read as if each answer were yes, then the
 * questions are put to the browser, then everything is read again with the answers, until nothing new is asked. What is shown
 * comes from a reading in which every answer was there.
 */
export class Questions {
  readonly #answers = new Map<string, unknown>();
  #open = new Map<string, () => Promise<unknown>>();

  /** The answer, or `meanwhile` when it is not known yet. */
  ask<T>(about: string, put: () => Promise<T>, meanwhile: T): T {
    if (this.#answers.has(about)) return this.#answers.get(about) as T;
    this.#open.set(about, put);
    return meanwhile;
  }

  /** Puts what is open; false when nothing was. */
  async answer(): Promise<boolean> {
    const open = this.#open;
    this.#open = new Map();
    for (const [about, put] of open) this.#answers.set(about, await put());
    return open.size > 0;
  }
}

export const questions = new Questions();

/** Names a question by all that its answer depends on. */
export function nameQuestion(kind: string, ...parts: readonly Uint8Array[]): string {
  return [kind, ...parts.map(sha256Text)].join(' ');
}

/** Says that the browser lacks what it takes, rather than that a signature is bad. */
export class CannotVerify extends Error {}

export interface SignatureQuestion {
  readonly key: JsonWebKey;
  readonly algorithm: 'Ed25519' | 'ES256' | 'RS256';
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

const parameters = {
  Ed25519: { name: 'Ed25519' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
} as const;
const encoder = new TextEncoder();

/** Whether the signature is the key's; yes for as long as the browser has not said so. */
export function askSignature({ key, algorithm, message, signature }: SignatureQuestion): boolean {
  const about = nameQuestion(algorithm, encoder.encode(JSON.stringify(key)), message, signature);
  return questions.ask(
    about,
    async () => {
      const how = parameters[algorithm];
      try {
        const imported = await crypto.subtle.importKey('jwk', key, how, false, ['verify']);
        return await crypto.subtle.verify(how, imported, signature.slice(), message.slice());
      } catch (error) {
        if (error instanceof DOMException && error.name === 'NotSupportedError')
          throw new CannotVerify(`this browser does not know ${algorithm}`);
        return false;
      }
    },
    true,
  );
}
