import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

export interface ConsoleFile {
  readonly contentType: string;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Null for what is compressed already. */
  readonly gzip: Uint8Array<ArrayBuffer> | null;
  readonly etag: string;
  /** The policy that a page which brings its own script sets itself, by the digest of that script. */
  readonly policy: string | null;
  /** True when the content is part of the name, so that it may be kept for ever. */
  readonly immutable: boolean;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.woff2': 'font/woff2',
};

const compressed = new Set(['.png', '.woff2', '.ico']);
const maxFiles = 2_000;

/**
 * Every servable file by its URL path, listed once at start: a request only ever looks up this map, so no path can
 * climb out of the folder. An absent folder gives an empty map.
 */
export async function loadConsoleFiles(folder: string): Promise<ReadonlyMap<string, ConsoleFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = new Map<string, ConsoleFile>();
  for (const entry of entries.slice(0, maxFiles)) {
    const ending = extname(entry.name).toLowerCase();
    const contentType = Object.hasOwn(contentTypes, ending) ? contentTypes[ending] : undefined;
    // A symbolic link is no file here, so it cannot lead out of the folder either.
    if (!entry.isFile() || contentType === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const urlPath = path.slice(join(folder, sep).length - 1).replaceAll(sep, '/');
    files.set(urlPath, await loadFile(path, urlPath, contentType, ending));
  }
  return files;
}

async function loadFile(
  path: string,
  urlPath: string,
  contentType: string,
  ending: string,
): Promise<ConsoleFile> {
  const body = await readFile(path);
  return {
    contentType,
    body,
    gzip: compressed.has(ending) ? null : Buffer.from(await promisify(gzip)(body)),
    policy: ending === '.html' ? findOwnPolicy(body.toString('utf8')) : null,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    immutable: /^\/assets\/.+[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/.test(urlPath),
  };
}

/** These files come with the server and nobody else writes them. */
function findOwnPolicy(page: string): string | null {
  const [, policy] = /<meta http-equiv="content-security-policy" content="([^"]*)">/.exec(page) ?? [];
  return policy === undefined ? null : `${policy}; frame-ancestors 'none'`;
}
