import { readFile } from 'node:fs/promises';
import { CliError } from '../../cli-error.ts';

/** Where an OpenAPI document is: its address, which the server looks at, or the text of a file here. */
export interface OpenApiSource {
  readonly settings: { readonly documentUrl?: string };
  readonly document: { readonly document?: string };
}

export async function readOpenApi(named: string): Promise<OpenApiSource> {
  if (/^https?:\/\//i.test(named)) return { settings: { documentUrl: named }, document: {} };
  try {
    return { settings: {}, document: { document: await readFile(named, 'utf8') } };
  } catch {
    throw new CliError(`${named} cannot be read`);
  }
}
