import { Transform } from 'node:stream';

export interface Disturbance {
  readonly subject: string;
  readonly random: () => number;
  /** Nothing is disturbed while it is false. */
  readonly isOn: () => boolean;
}

const LONGEST_DELAY_MILLISECONDS = 400;
const TWICE = 0.4;
const frame = /^(H?PUB) (\S+) (?:(\S+) )?(?:(\d+) )?(\d+)\r\n/i;

/** What a gateway publishes comes late, in another order, and some of it twice; all else passes as it is. */
export function disturbNats({ subject, random, isOn }: Disturbance): Transform {
  let left: Buffer = Buffer.alloc(0);
  const later = (stream: Transform, bytes: Buffer): void => {
    const timer = setTimeout(() => {
      if (!stream.destroyed && !stream.writableEnded) stream.push(bytes);
    }, random() * LONGEST_DELAY_MILLISECONDS);
    timer.unref();
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      left = Buffer.concat([left, chunk]);
      for (;;) {
        const end = left.indexOf('\r\n');
        if (end < 0) break;
        const head = frame.exec(left.subarray(0, end + 2).toString('latin1'));
        const length = head === null ? end + 2 : end + 2 + Number(head[5]) + 2;
        if (left.length < length) break;
        const whole = left.subarray(0, length);
        left = left.subarray(length);
        if (head?.[2] !== subject || !isOn()) {
          this.push(whole);
          continue;
        }
        later(this, whole);
        // Without the header by which the server knows that it has it already.
        const body = whole.subarray(end + 2 + (head[1] === 'HPUB' ? Number(head[4]) : 0), -2);
        const again = Buffer.concat([
          Buffer.from(`PUB ${subject} ${body.length}\r\n`),
          body,
          Buffer.from('\r\n'),
        ]);
        if (random() < TWICE) later(this, again);
      }
      done();
    },
  });
}
