import { createTransport } from 'nodemailer';
import type { ApprovalChannel, Delivery, Outcome } from '../approval-channel.ts';
import { writeMail } from './write-mail.ts';

export interface MailParts {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'starttls' | 'none';
  readonly user?: string;
  /** Read for each mail, so that a change bites at once. */
  readPassword?(): Promise<string>;
  readonly from: string;
  readonly certificateAuthority?: string;
}

const connectMilliseconds = 5_000;
const silenceMilliseconds = 10_000;
/** One addressee, spelt so that no server reads two of it, or a header: RFC 5321 without quotes, comments and routes. */
const address = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$/;

/** Sends a mail, and for what comes later another in its thread. Certificates are always verified. */
export function createMailChannel(parts: MailParts): ApprovalChannel {
  return {
    ...{ name: parts.name, kind: 'mail', reach: 'person', addresses: 'proven', shows: 'what-matters' },
    readAddress: (text) => (address.test(text) && text.length <= 254 ? text : undefined),
    deliver: (delivery) => deliver(parts, delivery),
    async close() {},
  };
}

async function deliver(parts: MailParts, delivery: Delivery): Promise<Outcome> {
  const to = delivery.to?.address;
  if (to === undefined || to === null || !address.test(to))
    return { outcome: 'refused', why: 'there is no address' };
  const domain = parts.from.slice(parts.from.lastIndexOf('@') + 1);
  const mail = writeMail(delivery, domain);
  const transport = createTransport({
    host: parts.host,
    port: parts.port,
    secure: parts.security === 'tls',
    requireTLS: parts.security === 'starttls',
    ignoreTLS: parts.security === 'none',
    connectionTimeout: connectMilliseconds,
    greetingTimeout: connectMilliseconds,
    socketTimeout: silenceMilliseconds,
    disableFileAccess: true,
    disableUrlAccess: true,
    tls: {
      minVersion: 'TLSv1.2',
      ...(parts.certificateAuthority === undefined ? {} : { ca: parts.certificateAuthority }),
    },
    ...(await readLogin(parts)),
  });
  const abort = (): void => transport.close();
  delivery.signal.addEventListener('abort', abort, { once: true });
  try {
    await transport.sendMail({
      ...mail,
      from: { name: 'Countersign', address: parts.from },
      to: { name: '', address: to },
      envelope: { from: parts.from, to: [to] },
      // RFC 3834 §5: nobody's machine answers this, and no holiday note comes back.
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    return { outcome: 'delivered', handle: delivery.handle ?? mail.messageId };
  } catch (thrown) {
    return judge(thrown);
  } finally {
    delivery.signal.removeEventListener('abort', abort);
    transport.close();
  }
}

async function readLogin({ user, readPassword }: MailParts) {
  if (user === undefined || readPassword === undefined) return {};
  return { auth: { user, pass: await readPassword() } };
}

/** RFC 5321 §4.2.1: 5yz stays no. A login that fails is the operator's to mend, so it is tried again. */
function judge(thrown: unknown): Outcome {
  const { responseCode, code }: { readonly responseCode?: unknown; readonly code?: unknown } = Object(thrown);
  const isNumber = typeof responseCode === 'number' && responseCode >= 400 && responseCode < 600;
  const why = isNumber ? `the mail server said ${responseCode}` : 'the mail server cannot be reached';
  const isRecipient = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (isNumber && responseCode >= 500 && isRecipient) return { outcome: 'refused', why };
  return { outcome: 'failed', why };
}
