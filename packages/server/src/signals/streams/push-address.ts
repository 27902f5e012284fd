import { AppError } from '@countersign/api';
import { requireUpstreamUrl } from '../../outbound/address-guard.ts';

/** Where a receiver, which is a stranger, wants its events. Throws `signal.endpoint_refused`. */
export function requirePushAddress(text: string, allowPrivate: boolean): URL {
  try {
    const url = requireUpstreamUrl(text, allowPrivate);
    if (url.hash === '') return url;
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
  }
  throw new AppError('signal.endpoint_refused');
}
