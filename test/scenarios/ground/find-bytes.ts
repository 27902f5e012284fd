import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files under a folder whose bytes hold the text, as it is, in hex, or in base64 at any offset. */
export function findBytes(folder: string, text: string): readonly string[] {
  const hex = Buffer.from(text).toString('hex');
  const wanted = [
    Buffer.from(text),
    Buffer.from(hex),
    Buffer.from(hex.toUpperCase()),
    ...encodeAnywhere(text),
  ];
  return findAny(folder, wanted);
}

function findAny(folder: string, wanted: readonly Buffer[]): readonly string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const bytes = readFileSync(path);
      return wanted.some((one) => bytes.includes(one));
    });
}

/** What does not depend on the characters before and after it. */
function encodeAnywhere(text: string): readonly Buffer[] {
  return [0, 1, 2].flatMap((lead) => {
    const bytes = Buffer.concat([Buffer.alloc(lead), Buffer.from(text)]);
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 3));
    return [whole.toString('base64'), whole.toString('base64url')].map((encoded) =>
      Buffer.from(lead === 0 ? encoded : encoded.slice(4)),
    );
  });
}

/** The files that hold the bare SHA-256 of the text: raw, in hex, or in base64. */
export function findDigest(folder: string, text: string): readonly string[] {
  const digest = createHash('sha256').update(text).digest();
  const encoded = (['hex', 'base64', 'base64url'] as const).map((encoding) =>
    Buffer.from(digest.toString(encoding)),
  );
  return findAny(folder, [digest, ...encoded]);
}
