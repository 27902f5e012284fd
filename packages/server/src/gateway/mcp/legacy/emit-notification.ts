import type { JsonObject } from '@countersign/core';
import { toLegacyNotification } from './to-legacy-message.ts';

/** Passes on what the client can understand of what an upstream says before its answer. */
export function emitNotification(emit: (message: JsonObject) => void, message: JsonObject): void {
  const seen = toLegacyNotification(message);
  if (seen !== null) emit(seen);
}
