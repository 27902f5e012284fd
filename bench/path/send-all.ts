import { type LoadResult, sendRequests } from '../load/send-requests.ts';

/** Sends the requests and gives what they took. Throws with the first answer that was not a success. */
export async function sendAll(
  port: number,
  requests: readonly Buffer[],
  connections: number,
  certificate?: { readonly cert: string; readonly key: string },
): Promise<LoadResult & { readonly perSecond: number }> {
  const result = await sendRequests(port, requests, connections, certificate);
  if (result.failures > 0) {
    throw new Error(
      `${result.failures} of ${requests.length} calls failed; the first answer:\n${result.firstFailure}`,
    );
  }
  return { ...result, perSecond: requests.length / result.seconds };
}
