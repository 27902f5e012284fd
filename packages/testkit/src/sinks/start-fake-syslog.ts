import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { type Mischief, THEIR_WORDS } from '../channels/naughty-server.ts';

export interface SyslogMessage {
  readonly priority: number;
  readonly time: string;
  readonly hostname: string;
  readonly application: string;
  readonly kind: string;
  readonly data: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface FakeSyslog {
  readonly port: number;
  readonly messages: readonly SyslogMessage[];
  setMischief(mischief: Mischief): void;
  close(): Promise<void>;
}

export interface FakeSyslogOptions {
  /** With it: TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** A receiver of syslog that reads messages by their octet counts and as RFC 5424 writes them, and nothing else. */
export async function startFakeSyslog({ tls }: FakeSyslogOptions = {}): Promise<FakeSyslog> {
  const messages: SyslogMessage[] = [];
  const sockets = new Set<Socket>();
  let mischief: Mischief = 'none';
  const serve = (socket: Socket): void => {
    socket.on('error', () => {});
    if (mischief !== 'none') {
      misbehave(mischief, socket);
      return;
    }
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('end', () => {
      messages.push(...readFrames(Buffer.concat(chunks)));
      socket.end();
    });
  };
  const server =
    tls === undefined
      ? createServer({ allowHalfOpen: true }, serve)
      : createTlsServer({ ...tls, allowHalfOpen: true }, serve);
  // Below TLS, whose handshake may fail.
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  return {
    port: address.port,
    messages,
    setMischief(next) {
      mischief = next;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function misbehave(mischief: Exclude<Mischief, 'none'>, socket: Socket): void {
  if (mischief === 'hanging') return void socket.resume();
  if (mischief === 'endless') {
    socket.resume();
    const timer = setInterval(() => socket.write(THEIR_WORDS.repeat(4096)), 5);
    socket.on('close', () => clearInterval(timer));
    return;
  }
  socket.end(THEIR_WORDS);
  socket.destroySoon();
}

/** MSG-LEN SP SYSLOG-MSG, RFC 6587 §3.4.1. Throws for anything else. */
function readFrames(bytes: Buffer): SyslogMessage[] {
  const messages: SyslogMessage[] = [];
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = bytes.subarray(at, space).toString('latin1');
    if (!/^[1-9]\d{0,9}$/.test(length)) throw new Error(`no length: ${length}`);
    const end = space + 1 + Number(length);
    if (end > bytes.length) throw new Error('a message is cut off');
    messages.push(readMessage(bytes.subarray(space + 1, end).toString('utf8')));
    at = end;
  }
  return messages;
}

const header =
  /^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z) ([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48}) - ([\x21-\x7e]{1,32}) /;
const element =
  /^\[([\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]{1,32})((?: [\x21-\x7e]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*)\]/u;

function readMessage(text: string): SyslogMessage {
  const head = header.exec(text);
  if (head === null) throw new Error('no header of RFC 5424');
  const [whole, priority = '', time = '', hostname = '', application = '', kind = ''] = head;
  const rest = text.slice(whole.length);
  const found = element.exec(rest);
  if (found === null) throw new Error('no structured data');
  const data = Object.fromEntries(
    [...(found[2] ?? '').matchAll(/ ([^= ]+)="((?:[^"\\\]]|\\["\\\]])*)"/gu)].map(([, name, value = '']) => [
      name,
      value.replace(/\\(["\\\]])/g, '$1'),
    ]),
  );
  const message = rest.slice(found[0].length);
  if (!message.startsWith(' \ufeff')) throw new Error('no UTF-8 message');
  return { priority: Number(priority), time, hostname, application, kind, data, text: message.slice(2) };
}
