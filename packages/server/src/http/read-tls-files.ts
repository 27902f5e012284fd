import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { AppError } from '@countersign/api';
import type { Config } from '../config/index.ts';

/** What a TLS listener shows and proves. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** The configured certificate and its key; undefined when TLS ends elsewhere. Throws `config.invalid`. */
export function readTlsFiles({ tls }: Pick<Config, 'tls'>): TlsFiles | undefined {
  if (tls.certificateFile === undefined || tls.keyFile === undefined) return undefined;
  try {
    const files = { cert: readFileSync(tls.certificateFile, 'utf8'), key: readFileSync(tls.keyFile, 'utf8') };
    // Throws when the two do not belong together.
    createSecureContext(files);
    return files;
  } catch (cause) {
    throw new AppError('config.invalid', { detail: 'tls: certificate and key cannot be used', cause });
  }
}
