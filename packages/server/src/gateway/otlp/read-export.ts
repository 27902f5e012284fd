import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AppError } from '@countersign/api';
import { readBody } from '../mcp/index.ts';
import { refuseExport } from './wire/decoding.ts';

/** In which of the two forms of OTLP/HTTP it is; answers have the same. */
export type ExportForm = 'json' | 'protobuf';

const mostBytes = 4 * 1024 * 1024;
const mostUnpackedBytes = 8 * 1024 * 1024;
const longestMilliseconds = 20_000;
const unpack = promisify(gunzip);

/** Throws `task.telemetry_type_refused`. */
export function readForm({ headers }: IncomingMessage): ExportForm {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/x-protobuf') return 'protobuf';
  if (type === 'application/json') return 'json';
  throw new AppError('task.telemetry_type_refused');
}

/** The bytes of an export, unpacked; neither they nor what they unpack to may be too many. Throws `action.too_large`. */
export async function readExport(request: IncomingMessage): Promise<Uint8Array> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding !== 'identity' && encoding !== 'gzip')
    throw new AppError('task.telemetry_type_refused', { detail: 'content encoding' });
  const bytes = await readInTime(request);
  if (encoding === 'identity') return bytes;
  try {
    return await unpack(bytes, { maxOutputLength: mostUnpackedBytes });
  } catch (thrown) {
    if (thrown instanceof RangeError) throw new AppError('action.too_large');
    throw refuseExport('gzip');
  }
}

/** One that sends slowly holds a place that others wait for. */
async function readInTime(request: IncomingMessage): Promise<Uint8Array> {
  const timer = setTimeout(() => request.destroy(), longestMilliseconds);
  try {
    return await readBody(request, mostBytes);
  } finally {
    clearTimeout(timer);
  }
}
