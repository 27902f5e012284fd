import { type AppError, toAppError } from '@countersign/api';
import { type Addressee, nobody } from '../read-message.ts';
import { type LegacyRequestParts, openPlainReply, refuse } from './legacy-door.ts';
import { type LegacyMessage, readLegacyMessage } from './read-legacy-message.ts';
import { serveAnswer } from './serve-answer.ts';
import { serveInitialize } from './serve-initialize.ts';
import { serveNotification } from './serve-notification.ts';
import { serveRequest } from './serve-request.ts';
import { serveEnd, serveStream } from './serve-stream.ts';

/** Serves one HTTP request of a revision with sessions; `bytes` is the body of a POST. */
export function serveLegacy(parts: LegacyRequestParts, bytes: Uint8Array): Promise<void> {
  const { request } = parts;
  if (request.method === 'GET') return serveStream(parts);
  if (request.method === 'DELETE') return serveEnd(parts);
  let addressee: Addressee = nobody;
  let message: LegacyMessage;
  try {
    message = readLegacyMessage(request.headers, bytes, (found) => {
      addressee = found;
    });
  } catch (thrown) {
    return refuseUnread(parts, toAppError(thrown), addressee);
  }
  if (message.kind === 'answer') return serveAnswer(parts, message);
  if (message.kind === 'notification') return serveNotification(parts, message);
  return message.method === 'initialize' ? serveInitialize(parts, message) : serveRequest(parts, message);
}

/** A message that cannot be read is refused inside the path, where the caller is known. */
async function refuseUnread(parts: LegacyRequestParts, error: AppError, addressee: Addressee): Promise<void> {
  const reply = openPlainReply(parts);
  try {
    await parts.enter({
      ...parts.arrival,
      hungUp: new AbortController().signal,
      emit: () => {},
      translate() {
        throw error;
      },
    });
  } catch (thrown) {
    refuse(reply, toAppError(thrown), addressee);
  }
}
