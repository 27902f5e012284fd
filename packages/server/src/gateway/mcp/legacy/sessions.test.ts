import { AppError } from '@countersign/api';
import { describe, expect, it } from 'vitest';
import { createPlatform } from '../../../platform/platform.ts';
import { createStops } from '../../../signals/index.ts';
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

function makeSessions() {
  let time = 1_000_000;
  const stops = createStops();
  const sessions = createSessions({ platform: createPlatform(() => time), stops });
  const open = (token = makeToken(), upstream = 'shop') => {
    const { agentId: agent, ownerId: owner, taskId, chain } = token;
    const through = { agents: [], owners: [], tasks: ['tsk_above'] };
    const scopes = {
      action: 'act_1',
      agent,
      owner,
      task: taskId ?? '',
      token: 'jti',
      chain,
      upstream,
      tool: '',
      through,
    };
    return sessions.open(token, scopes, hello);
  };
  return { stops, sessions, open, later: (milliseconds: number) => (time += milliseconds) };
}

describe('createSessions', () => {
  it('finds a session for its holder alone', () => {
    const { sessions, open } = makeSessions();
    const session = open();
    expect(sessions.find(session.id, makeToken({ jti: 'another' }), 'shop')).toBe(session);
    const others: Partial<PresentedToken>[] = [
      { agentId: 'agt_2' },
      { subject: 'per_2' },
      { clientId: 'cli_2' },
      { key: 'other' },
      { taskId: 'tsk_2' },
    ];
    for (const change of others)
      expect(() => sessions.find(session.id, makeToken(change), 'shop')).toThrow(unknown);
    expect(() => sessions.find(session.id, makeToken(), 'store')).toThrow(unknown);
    expect(() => sessions.find('', makeToken(), 'shop')).toThrow(unknown);
    expect(() => sessions.find(undefined, makeToken(), 'shop')).toThrow(
      expect.objectContaining({ code: 'action.session_missing' }),
    );
  });

  it('ends with a stop of anything it rests on, and with nothing else', () => {
    const { stops, open, sessions } = makeSessions();
    const first = open();
    stops.cut('task', 'tsk_2', new AppError('task.not_open'));
    stops.hold('token', 'jti', new AppError('token.invalid')).release();
    stops.apply('tool', 'shop/pay');
    expect(first.ended.aborted).toBe(false);
    stops.cut('task', 'tsk_above', new AppError('task.not_open'));
    expect(first.ended.reason).toMatchObject({ code: 'task.not_open' });
    const session = open();
    stops.apply('delegation', 'dlg_1');
    expect(session.ended.reason).toMatchObject({ code: 'signal.stopped' });
    expect(() => sessions.find(session.id, makeToken(), 'shop')).toThrow(unknown);
    expect(() => open()).toThrow(expect.objectContaining({ code: 'signal.stopped' }));
    expect([sessions.size, stops.inFlight]).toEqual([0, 0]);
  });

  it('ends in silence, but not while it is used', () => {
    const { open, sessions, later } = makeSessions();
    const session = open();
    later(29 * 60_000);
    sessions.find(session.id, makeToken(), 'shop');
    later(29 * 60_000);
    expect(sessions.find(session.id, makeToken(), 'shop')).toBe(session);
    later(30 * 60_000);
    expect(() => sessions.find(session.id, makeToken(), 'shop')).toThrow(unknown);
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
