import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { type Mischief, THEIR_WORDS } from './naughty-server.ts';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** By lower-case name, unfolded. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Everything as it came. */
  readonly raw: string;
  readonly isEncrypted: boolean;
}

export interface FakeMailbox {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  setMischief(mischief: Mischief): void;
  close(): Promise<void>;
}

export interface MailboxOptions {
  /** Speaks TLS from the first byte, or after STARTTLS; clear text without. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly mode: 'tls' | 'starttls' };
  readonly login?: { readonly user: string; readonly password: string };
}

/** An SMTP server of others' making that keeps what it is handed. */
export async function startFakeMailbox({ tls, login }: MailboxOptions = {}): Promise<FakeMailbox> {
  let mischief: Mischief = 'none';
  const mails: ReceivedMail[] = [];
  const refuse = (code: number): Error => Object.assign(new Error(THEIR_WORDS), { responseCode: code });
  const server = new SMTPServer({
    ...(tls === undefined ? {} : { key: tls.key, cert: tls.cert, secure: tls.mode === 'tls' }),
    hideSTARTTLS: tls?.mode !== 'starttls',
    authOptional: login === undefined,
    allowInsecureAuth: true,
    logger: false,
    closeTimeout: 100,
    onAuth({ username, password }, _session, done) {
      const isRight = username === login?.user && password === login?.password;
      done(isRight ? null : refuse(535), isRight ? { user: username } : undefined);
    },
    onConnect(_session, done) {
      if (mischief === 'hanging') return;
      done(mischief === 'down' ? refuse(421) : null);
    },
    onRcptTo(_address, _session, done) {
      if (mischief === 'busy') return done(refuse(450));
      // RFC 5321 §3.4: somebody else should be tried, whom the server names.
      if (mischief === 'redirecting') return done(refuse(551));
      done(mischief === 'refusing' ? refuse(550) : null);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8');
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          ...{ raw, headers: readHeaders(raw), isEncrypted: session.secure },
        });
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    ...{ port, mails },
    setMischief(next) {
      mischief = next;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function readHeaders(raw: string): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
  for (const line of head.split('\r\n')) {
    const name = line.slice(0, line.indexOf(':')).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(line.indexOf(':') + 1).trim()]);
  }
  return headers;
}
