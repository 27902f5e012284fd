import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { pageStyle } from './page-style.ts';

/** A file of our own pages, under an address that changes with its content. */
export interface Asset {
  readonly path: string;
  readonly contentType: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly gzip: Uint8Array<ArrayBuffer>;
}

export type PageAssetName =
  | 'page.css'
  | 'passkey.js'
  | 'calm-page.js'
  | 'sign-in-page.js'
  | 'join-page.js'
  | 'account-page.js'
  | 'connect-page.js'
  | 'approval-page.js'
  | 'consent-page.js'
  | 'grant-form.js'
  | 'group-page.js'
  | 'signing-page.js'
  | 'choosing-page.js'
  | 'phone-page.js'
  | 'push-worker.js';

export interface PageAssets {
  /** The address to write into a page. */
  path(name: PageAssetName): string;
  /** By the whole path of the request. */
  find(path: string): Asset | undefined;
}

const javascript = 'text/javascript; charset=utf-8';

/** Reads the pages' scripts once; without a build step when the server runs from source. */
export function createPageAssets(): PageAssets {
  const assets = new Map<PageAssetName, Asset>([
    ['page.css', createAsset('page.css', 'text/css; charset=utf-8', pageStyle)],
    ['passkey.js', createAsset('passkey.js', javascript, readPasskeyLibrary())],
  ]);
  const calm = createAsset('calm-page.js', javascript, readPageScript('calm-page'));
  assets.set('calm-page.js', calm);
  for (const name of [
    'sign-in-page',
    'join-page',
    'account-page',
    'connect-page',
    'approval-page',
    'consent-page',
    'grant-form',
    'group-page',
    'signing-page',
    'choosing-page',
    'phone-page',
    'push-worker',
  ] as const) {
    assets.set(`${name}.js`, createAsset(`${name}.js`, javascript, linkCalm(readPageScript(name), calm)));
  }
  const byPath = new Map([...assets.values()].map((asset) => [asset.path, asset]));
  return {
    path(name) {
      const asset = assets.get(name);
      if (asset === undefined) throw new RangeError(`no page asset ${name}`);
      return asset.path;
    },
    find: (path) => byPath.get(path),
  };
}

function createAsset(name: string, contentType: string, text: string): Asset {
  const body = Buffer.from(text, 'utf8');
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12);
  const [stem, ending] = name.split('.');
  return { path: `/pages/${stem}.${hash}.${ending}`, contentType, body, gzip: Buffer.from(gzipSync(body)) };
}

/** From source the script is TypeScript and its types are stripped here; in the published package it is JavaScript. */
function readPageScript(name: string): string {
  const isSource = import.meta.url.endsWith('.ts');
  const path = fileURLToPath(new URL(`./browser/${name}.${isSource ? 'ts' : 'js'}`, import.meta.url));
  const text = readFileSync(path, 'utf8');
  const script = isSource ? stripTypeScriptTypes(text) : text;
  // Not every browser takes a module for a worker.
  return name === 'push-worker' ? script.replace(/^export \{\};?$/m, '') : script;
}

/** What the pages share has an address that changes with its content, too. */
function linkCalm(text: string, calm: Asset): string {
  return text.replace(/(['"])\.\/calm-page\.(?:ts|js)\1/, () => `'${calm.path}'`);
}

/** The published browser bundle, as it is: it defines the global `SimpleWebAuthnBrowser`. */
function readPasskeyLibrary(): string {
  const entry = createRequire(import.meta.url).resolve('@simplewebauthn/browser');
  return readFileSync(join(dirname(entry), '..', 'dist', 'bundle', 'index.umd.min.js'), 'utf8');
}
