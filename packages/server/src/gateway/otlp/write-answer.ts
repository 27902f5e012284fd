import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { AppError } from '@countersign/api';
import type { ExportForm } from './read-export.ts';
import type { TelemetrySignal } from './wire/otlp-request.ts';

/** What was not taken, as a partial success says it; nobody sends that again (OTLP 1.x, Partial Success). */
export interface Rejected {
  readonly pieces: number;
  readonly why: string;
}

export function writeSuccess(
  form: ExportForm,
  signal: TelemetrySignal,
  { pieces, why }: Rejected,
): Uint8Array {
  if (form === 'json') {
    const counted =
      signal === 'traces' ? { rejectedSpans: String(pieces) } : { rejectedLogRecords: String(pieces) };
    return Buffer.from(
      JSON.stringify(pieces === 0 ? {} : { partialSuccess: { ...counted, errorMessage: why } }),
    );
  }
  if (pieces === 0) return new Uint8Array();
  const partial = new BinaryWriter()
    .tag(1, WireType.Varint)
    .int64(pieces)
    .tag(2, WireType.LengthDelimited)
    .string(why);
  return new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(partial.finish()).finish();
}

/** `google.rpc.Status`, as OTLP/HTTP answers failures. */
export function writeFailure(form: ExportForm, { entry, code, detail }: AppError): Uint8Array {
  const message = `${code}: ${entry.caller}${detail === undefined ? '' : ` (${detail})`}`;
  const status = grpcCodes.get(entry.status) ?? 13;
  if (form === 'json') return Buffer.from(JSON.stringify({ code: status, message }));
  const writer = new BinaryWriter().tag(1, WireType.Varint).int32(status);
  return writer.tag(2, WireType.LengthDelimited).string(message).finish();
}

/** google.rpc.Code, by status of HTTP. */
const grpcCodes: ReadonlyMap<number, number> = new Map([
  [400, 3],
  [401, 16],
  [403, 7],
  [404, 5],
  [405, 12],
  [413, 8],
  [415, 3],
  [429, 8],
  [503, 14],
]);
