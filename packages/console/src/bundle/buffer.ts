/** As much of Node's Buffer as the verifier uses; put in its place where there is none. Not for anything else. */
class BrowserBuffer extends Uint8Array<ArrayBuffer> {
  override toString(encoding = 'utf8'): string {
    if (encoding === 'hex') return Array.from(this, (byte) => byte.toString(16).padStart(2, '0')).join('');
    if (encoding === 'utf8') return new TextDecoder().decode(this);
    let text = '';
    for (const byte of this) text += String.fromCharCode(byte);
    const plain = btoa(text);
    if (encoding === 'base64') return plain;
    return plain.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  }

  write(text: string, at: number): number {
    return new TextEncoder().encodeInto(text, this.subarray(at)).written;
  }
}

function readText(text: string, encoding: string): BrowserBuffer {
  if (encoding === 'utf8') return wrap(new TextEncoder().encode(text));
  const standard = text
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replaceAll(/[^A-Za-z0-9+/]/g, '');
  // A last character alone has no byte; Node leaves it out.
  const whole = standard.length % 4 === 1 ? standard.slice(0, -1) : standard;
  return wrap(Uint8Array.from(atob(whole), (character) => character.charCodeAt(0)));
}

function wrap(bytes: Uint8Array<ArrayBuffer>): BrowserBuffer {
  return new BrowserBuffer(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function allocate(length: number): BrowserBuffer {
  return new BrowserBuffer(new ArrayBuffer(length));
}

export const Buffer = {
  from(value: string | ArrayBufferLike, second: string | number = 'utf8', length?: number): BrowserBuffer {
    if (typeof value === 'string') return readText(value, String(second));
    return wrap(new Uint8Array(value as ArrayBuffer, Number(second), length));
  },
  concat(parts: readonly Uint8Array[]): BrowserBuffer {
    const whole = allocate(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  },
  alloc: allocate,
  allocUnsafe: allocate,
  byteLength: (text: string) => new TextEncoder().encode(text).length,
};
