import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FakeMailbox, startFakeMailbox } from '@countersign/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  contractCard,
  contractDecided,
  makeDelivery,
  testApprovalChannel,
} from '../approval-channel.contract.ts';
import { createMailChannel, type MailParts } from './create-mail-channel.ts';

const to = { personId: 'per_1', address: 'dana@example.test' };
const parts = (box: FakeMailbox, over: Partial<MailParts> = {}): MailParts => ({
  ...{ name: 'mail', host: 'localhost', port: box.port, security: 'none', from: 'countersign@house.test' },
  ...over,
});

/** Quoted-printable is a way of writing, not what is read. */
const read = (raw: string): string =>
  raw
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

describe('the contract', () =>
  testApprovalChannel(async () => {
    const box = await startFakeMailbox();
    return {
      ...{ channel: createMailChannel(parts(box)), to, setMischief: box.setMischief, close: box.close },
      // A mailbox shows a thread as one.
      show: async () =>
        box.mails.map(({ headers, raw }) => ({
          key: headers.get('references')?.[0] ?? headers.get('message-id')?.[0] ?? '',
          text: read(raw),
        })),
    };
  }));

describe('a mail', () => {
  let box: FakeMailbox;
  afterEach(() => box.close());

  it('is text, and the same as HTML that loads nothing, from a machine that wants no answer', async () => {
    box = await startFakeMailbox();
    await createMailChannel(parts(box)).deliver(makeDelivery(to));
    const [mail] = box.mails;
    expect(mail?.to).toEqual(['dana@example.test']);
    expect(mail?.headers.get('auto-submitted')).toEqual(['auto-generated']);
    expect(mail?.headers.get('subject')).toEqual([contractCard.sentence]);
    const text = read(mail?.raw ?? '');
    expect(text).toContain('text/plain');
    expect(text).toContain('47');
    expect(text).not.toMatch(/<(img|script|link|style|iframe)|src=|url\(/i);
  });

  it('stands in the thread of the first', async () => {
    box = await startFakeMailbox();
    const channel = createMailChannel(parts(box));
    const first = await channel.deliver(makeDelivery(to));
    if (first.outcome !== 'delivered') throw new Error(first.why);
    await channel.deliver(makeDelivery(to, { card: contractDecided, id: 'crd_1.2', handle: first.handle }));
    const [asked, ended] = box.mails;
    expect(ended?.headers.get('in-reply-to')).toEqual(asked?.headers.get('message-id'));
    expect(ended?.headers.get('references')).toEqual(asked?.headers.get('message-id'));
    expect(ended?.headers.get('message-id')).not.toEqual(asked?.headers.get('message-id'));
  });

  it('takes no line of a name for a header, and no name for markup', async () => {
    box = await startFakeMailbox();
    const sentence =
      'bot\r\nBcc: thief@evil.test\r\n\r\n<img src=https://evil.test/x> wants to read (tier 1)';
    await createMailChannel(parts(box)).deliver(makeDelivery(to, { card: { ...contractCard, sentence } }));
    const [mail] = box.mails;
    expect(mail?.to).toEqual(['dana@example.test']);
    expect(mail?.headers.has('bcc')).toBe(false);
    expect(read(mail?.raw ?? '')).toContain('&lt;img src=https://evil.test/x&gt;');
  });

  it.each([
    'dana@example.test\r\nRCPT TO:<thief@evil.test>',
    'dana@example.test,thief@evil.test',
    '"dana thief@evil.test"@example.test',
    'dana@example.test>',
    'dana',
  ])('goes to no address like %j', async (address) => {
    box = await startFakeMailbox();
    const outcome = await createMailChannel(parts(box)).deliver(makeDelivery({ personId: 'per_1', address }));
    expect(outcome.outcome).toBe('refused');
    expect(box.mails).toHaveLength(0);
  });

  it.each([
    ['refusing', 'refused'],
    ['busy', 'failed'],
  ] as const)('that a server is %s to take is %s', async (mischief, outcome) => {
    box = await startFakeMailbox();
    box.setMischief(mischief);
    expect((await createMailChannel(parts(box)).deliver(makeDelivery(to))).outcome).toBe(outcome);
  });
});

describe('over TLS', () => {
  let folder: string;
  let tls: { key: string; cert: string };
  let box: FakeMailbox | undefined;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mail-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', cert, ...subject], {
      stdio: 'ignore',
    });
    tls = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(async () => {
    await box?.close();
    box = undefined;
  });

  it.each(['tls', 'starttls'] as const)(
    'with %s, it signs in and is read by nobody on the way',
    async (mode) => {
      box = await startFakeMailbox({
        tls: { ...tls, mode },
        login: { user: 'house', password: 'pass-word' },
      });
      const channel = createMailChannel(
        parts(box, {
          ...{ security: mode, certificateAuthority: tls.cert, user: 'house' },
          readPassword: async () => 'pass-word',
        }),
      );
      expect(await channel.deliver(makeDelivery(to))).toMatchObject({ outcome: 'delivered' });
      expect(box.mails[0]?.isEncrypted).toBe(true);
    },
  );

  it('never goes out to a certificate that nobody vouches for, or when STARTTLS was taken away', async () => {
    box = await startFakeMailbox({ tls: { ...tls, mode: 'tls' } });
    const untrusted = createMailChannel(parts(box, { security: 'tls' }));
    expect(await untrusted.deliver(makeDelivery(to))).toMatchObject({ outcome: 'failed' });
    await box.close();
    box = await startFakeMailbox();
    const stripped = createMailChannel(parts(box, { security: 'starttls' }));
    expect(await stripped.deliver(makeDelivery(to))).toMatchObject({ outcome: 'failed' });
    expect(box.mails).toHaveLength(0);
  });

  it('with a wrong password it fails without saying it', async () => {
    box = await startFakeMailbox({
      tls: { ...tls, mode: 'tls' },
      login: { user: 'house', password: 'right' },
    });
    const channel = createMailChannel(
      parts(box, {
        ...{ security: 'tls', certificateAuthority: tls.cert, user: 'house' },
        readPassword: async () => 'wrong-word',
      }),
    );
    const outcome = await channel.deliver(makeDelivery(to));
    expect(outcome.outcome).toBe('failed');
    expect(JSON.stringify(outcome)).not.toContain('wrong-word');
  });
});
