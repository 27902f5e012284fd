import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createEventLog, createReplayBudget } from './event-log.ts';

const unknown = expect.objectContaining({ code: 'action.event_unknown' });

/** A connection that keeps what it is sent. */
class Connection extends EventEmitter {
  text = '';
  writableLength = 0;
  isEnded = false;
  isDestroyed = false;
  writeHead() {
    return this;
  }
  flushHeaders() {}
  write(text: string) {
    this.text += text;
    return true;
  }
  end() {
    this.isEnded = true;
    this.emit('close');
    return this;
  }
  destroy() {
    this.isDestroyed = true;
    this.emit('close');
    return this;
  }
  get data() {
    return [...this.text.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data ?? '').n as number);
  }
  get ids() {
    return [...this.text.matchAll(/^id: (.+)$/gm)].map(([, id]) => id ?? '');
  }
  get response() {
    return this as unknown as ServerResponse;
  }
}

function makeLog(mostBytes = 1_000_000, isPrimed = true) {
  let made = 0;
  const budget = createReplayBudget(mostBytes);
  const log = createEventLog({ budget, isPrimed, newKey: () => `key${++made}`.padEnd(12, '_') });
  return { log, budget };
}
const message = (n: number, padding = 0) => ({ jsonrpc: '2.0', n, padding: 'x'.repeat(padding) });

describe('createEventLog', () => {
  it('primes, numbers, and replays what came after a number, on that stream only', () => {
    const { log } = makeLog();
    const [one, other] = [log.open(), log.open()];
    const first = new Connection();
    one.attach(first.response, {}, null);
    for (const n of [1, 2, 3]) {
      one.send(message(n));
      other.send(message(n * 10));
    }
    expect(first.data).toEqual([1, 2, 3]);
    expect(first.text).toMatch(/^retry: \d+\nid: .+\.0\ndata: \n\n/);
    first.end();
    one.send(message(4));
    one.finish(JSON.stringify(message(5)));
    const [, , second = ''] = first.ids;
    const resumed = new Connection();
    const { stream, after } = log.find(second);
    stream.attach(resumed.response, {}, after);
    expect(resumed.data).toEqual([3, 4, 5]);
    expect(resumed.isEnded).toBe(true);
  });

  it('does not prime clients that would take it for a message', () => {
    const { log } = makeLog(1_000_000, false);
    const connection = new Connection();
    log.own.attach(connection.response, {}, null);
    expect(connection.text).toBe('');
  });

  it('gives what nobody heard to the first that listens, and one listener at a time', () => {
    const { log } = makeLog();
    log.own.send(message(1));
    const [one, other] = [new Connection(), new Connection()];
    log.own.attach(one.response, {}, null);
    log.own.send(message(2));
    log.own.attach(other.response, {}, null);
    expect(one.isEnded).toBe(true);
    log.own.send(message(3));
    expect([one.data, other.data]).toEqual([[1, 2], [3]]);
    log.close();
    expect(other.isEnded).toBe(true);
  });

  it('refuses to resume where it would leave something out', () => {
    const { log } = makeLog();
    const stream = log.open();
    for (let n = 1; n <= 600; n++) stream.send(message(n));
    const key = 'key2'.padEnd(12, '_');
    expect(() => log.find(`${key}.10`)).toThrow(unknown);
    expect(() => log.find(`${key}.601`)).toThrow(unknown);
    expect(log.find(`${key}.88`).after).toBe(88);
    for (const id of ['', 'x', `${key}`, `${key}.`, `${key}.-1`, `${key}.1e2`, 'key9________.0'])
      expect(() => log.find(id)).toThrow(unknown);
  });

  it('keeps no more bytes than it may, for itself and for all', () => {
    const { log, budget } = makeLog(10_000);
    const stream = log.open();
    for (let n = 1; n <= 20; n++) stream.send(message(n, 1_000));
    expect(() => log.find(`${'key2'.padEnd(12, '_')}.0`)).toThrow(unknown);
    expect(budget.take(5_000)).toBe(false);
    log.close();
    expect(budget.take(10_000)).toBe(true);
  });

  it('drops the connection of a reader that is too slow, and keeps what it missed', () => {
    const { log } = makeLog();
    const stream = log.open();
    const slow = new Connection();
    stream.attach(slow.response, {}, null);
    slow.writableLength = 2_000_000;
    stream.send(message(1));
    expect(slow.isDestroyed).toBe(true);
    const again = new Connection();
    const { after } = log.find(slow.ids[0] ?? '');
    stream.attach(again.response, {}, after);
    expect(again.data).toEqual([1]);
  });
});
