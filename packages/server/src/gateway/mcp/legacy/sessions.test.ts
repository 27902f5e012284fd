import { AppError } from '@countersign/api';
import { describe, expect, it } from 'vitest';
import { createPlatform } from '../../../platform/platform.ts';
import { type ActionScopes, createStops } from '../../../signals/index.ts';
import type { PresentedToken } from '../../../tokens/index.ts';
import type { ClientHello } from './session.ts';
import { createSessions } from './sessions.ts';

const hello: ClientHello = { revision: '2025-11-25', name: 'a', version: '1', capabilities: {} };
const unknown = expect.objectContaining({ code: 'action.session_unknown' });
const full = expect.objectContaining({ code: 'action.session_full' });

function makeToken(changes: Partial<PresentedToken> = {}): PresentedToken {
  return {
    agentId: 'agt_1',
    subject: 'agt_1',
    clientId: 'agt_1',
    key: 'key',
    taskId: 'tsk_1',
    ownerId: 'per_1',
    chain: ['dlg_1'],
    ...changes,
  } as PresentedToken;
}

function describeScopes({ agentId, ownerId, taskId, chain }: PresentedToken, upstream: string): ActionScopes {
  return {
    ...{ action: 'act_1', agent: agentId, owner: ownerId, task: taskId ?? '', token: 'jti', chain, upstream },
    ...{ tool: '', through: { agents: [], owners: [], tasks: ['tsk_above'] } },
  };
}

function makeSessions() {
  let time = 1_000_000;
  const stops = createStops();
  const sessions = createSessions({ platform: createPlatform(() => time), stops });
  const open = (token = makeToken(), upstream = 'shop') =>
    sessions.open(token, describeScopes(token, upstream), hello);
  const find = (id: string | undefined, token = makeToken(), upstream = 'shop') =>
    sessions.find(id, token, describeScopes(token, upstream));
  return { stops, sessions, open, find, later: (milliseconds: number) => (time += milliseconds) };
}

describe('createSessions', () => {
  it('finds a session for its holder alone', () => {
    const { find, open } = makeSessions();
    const session = open();
    expect(find(session.id, makeToken({ jti: 'another' }))).toBe(session);
    const others: Partial<PresentedToken>[] = [
      { agentId: 'agt_2' },
      { subject: 'per_2' },
      { clientId: 'cli_2' },
      { key: 'other' },
      { taskId: 'tsk_2' },
      { chain: ['dlg_1', 'dlg_2'] },
    ];
    for (const change of others) expect(() => find(session.id, makeToken(change))).toThrow(unknown);
    expect(() => find(session.id, makeToken(), 'store')).toThrow(unknown);
    expect(() => find('')).toThrow(unknown);
    expect(() => find(undefined)).toThrow(expect.objectContaining({ code: 'action.session_missing' }));
  });

  it('ends with a stop of anything it rests on, and with nothing else', () => {
    const { stops, open, find, sessions } = makeSessions();
    const first = open();
    stops.cut('task', 'tsk_2', new AppError('task.not_open'));
    stops.hold('token', 'jti', new AppError('token.invalid')).release();
    stops.apply('tool', 'shop/pay');
    expect(first.ended.aborted).toBe(false);
    first.end(new AppError('action.session_unknown'));
    const session = open();
    stops.apply('delegation', 'dlg_1');
    expect(session.ended.reason).toMatchObject({ code: 'signal.stopped' });
    expect(() => find(session.id)).toThrow(unknown);
    expect(() => open()).toThrow(expect.objectContaining({ code: 'signal.stopped' }));
    expect([sessions.size, stops.inFlight]).toEqual([0, 0]);
  });

  it('sleeps when its task or one above ends, and goes on with the next under the same delegations', () => {
    for (const ended of ['tsk_1', 'tsk_above']) {
      const { stops, open, find } = makeSessions();
      const session = open();
      const call = { over: new AbortController() };
      session.calls.set('number 1', call as never);
      stops.cut('task', ended, new AppError('task.not_open'));
      expect(call.over.signal.reason).toMatchObject({ code: 'task.not_open' });
      expect([session.ended.aborted, stops.inFlight]).toEqual([false, 0]);
      const next = makeToken({ taskId: 'tsk_2' });
      for (const change of [{ key: 'other' }, { chain: ['dlg_2'] }])
        expect(() => find(session.id, { ...next, ...change })).toThrow(unknown);
      expect(find(session.id, next)).toBe(session);
      expect(stops.inFlight).toBe(1);
      stops.apply('delegation', 'dlg_1');
      expect(session.ended.reason).toMatchObject({ code: 'signal.stopped' });
    }
  });

  it('follows a program that a person uses to its newest task, and an agent to none while its own is open', () => {
    const { open, find, stops } = makeSessions();
    const own = open();
    expect(() => find(own.id, makeToken({ taskId: 'tsk_2' }))).toThrow(unknown);
    const interactive = { clientId: 'https://app.example/client' };
    const session = open(makeToken(interactive));
    expect(find(session.id, makeToken({ ...interactive, taskId: 'tsk_2' }))).toBe(session);
    stops.cut('task', 'tsk_1', new AppError('task.not_open'));
    expect(find(session.id, makeToken({ ...interactive, taskId: 'tsk_2' }))).toBe(session);
  });

  it('ends in silence, but not while it is used', () => {
    const { open, find, later } = makeSessions();
    const session = open();
    later(29 * 60_000);
    find(session.id);
    later(29 * 60_000);
    expect(find(session.id)).toBe(session);
    later(30 * 60_000);
    expect(() => find(session.id)).toThrow(unknown);
    expect(session.ended.reason).toMatchObject({ code: 'action.session_unknown' });
  });

  it('makes room among what its own agent has left, never among what is used or of others', () => {
    const { open, sessions } = makeSessions();
    const other = open(makeToken({ agentId: 'agt_2' }));
    const opened = Array.from({ length: 9 }, () => open());
    expect(opened.map(({ ended }) => ended.aborted)).toEqual([true, ...Array(8).fill(false)]);
    expect(other.ended.aborted).toBe(false);
    for (const session of opened) session.calls.set('number 1', {} as never);
    expect(() => open()).toThrow(full);
    for (let nth = 0; nth < 56; nth++) open(makeToken(), `upstream-${nth}`);
    expect(sessions.size).toBe(65);
    open(makeToken(), 'one-more');
    expect(sessions.size).toBe(65);
  });

  it('has an end to all of them', () => {
    const { open } = makeSessions();
    for (let nth = 0; nth < 2_048; nth++) open(makeToken({ agentId: `agt_${nth}` }));
    expect(() => open(makeToken({ agentId: 'agt_last' }))).toThrow(full);
  });
});
