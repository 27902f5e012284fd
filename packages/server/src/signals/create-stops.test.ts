import { AppError } from '@countersign/api';
import { describe, expect, it } from 'vitest';
import { createStops } from './create-stops.ts';
import { type ActionScopes, everything, type StopScope } from './stops.ts';

const call: ActionScopes = {
  action: 'act_1',
  agent: 'agt_1',
  owner: 'per_1',
  task: 'tsk_1',
  chain: ['dlg_1', 'dlg_2'],
  upstream: 'payments',
  tool: 'payments/pay',
};
const other: ActionScopes = {
  action: 'act_2',
  agent: 'agt_2',
  owner: 'per_2',
  task: 'tsk_2',
  chain: ['dlg_3'],
  upstream: 'files',
  tool: 'files/read',
};
const matching: readonly (readonly [StopScope, string])[] = [
  ['agent', 'agt_1'],
  ['owner', 'per_1'],
  ['task', 'tsk_1'],
  ['delegation', 'dlg_1'],
  ['delegation', 'dlg_2'],
  ['upstream', 'payments'],
  ['tool', 'payments/pay'],
];

const passedOn: ActionScopes = {
  ...other,
  action: 'act_3',
  task: 'tsk_3',
  chain: ['dlg_1', 'dlg_4'],
  through: { agents: ['agt_1'], owners: ['per_1', 'per_3'], tasks: ['tsk_1', 'tsk_4'] },
};

describe('createStops', () => {
  it.each([
    ['agent', 'agt_1'],
    ['owner', 'per_3'],
    ['task', 'tsk_4'],
    ['task', 'tsk_1'],
    ['delegation', 'dlg_1'],
  ] as const)('reaches what was passed on under a stopped %s %s, once', (scope, target) => {
    const stops = createStops();
    const admission = stops.admit(passedOn);
    const theirs = stops.admit(other);
    expect(stops.listInFlight(scope, target)).toEqual(['act_3']);
    expect(stops.apply(scope, target)).toEqual(['act_3']);
    expect(admission.signal.aborted).toBe(true);
    expect(theirs.signal.aborted).toBe(false);
    expect(() => stops.check(passedOn)).toThrow(expect.objectContaining({ code: 'signal.stopped' }));
    expect(stops.hasInFlight('tsk_4')).toBe(true);
    admission.release();
    admission.release();
    expect(stops.inFlight).toBe(1);
    expect(stops.hasInFlight('tsk_4')).toBe(false);
  });

  it.each(matching)('refuses the next call under a stopped %s', (scope, target) => {
    const stops = createStops();
    stops.apply(scope, target);
    expect(() => stops.check(call)).toThrow(expect.objectContaining({ code: 'signal.stopped' }));
    expect(() => stops.admit(call)).toThrow(expect.objectContaining({ code: 'signal.stopped' }));
    expect(stops.isStopped(scope, target)).toBe(true);
    expect(() => stops.admit(other)).not.toThrow();
    stops.lift(scope, target);
    expect(() => stops.check(call)).not.toThrow();
  });

  it.each(matching)('cuts the calls in flight under a stopped %s and no other', (scope, target) => {
    const stops = createStops();
    const mine = stops.admit(call);
    const theirs = stops.admit(other);
    expect(stops.apply(scope, target)).toEqual(['act_1']);
    expect(mine.signal.aborted).toBe(true);
    expect(mine.signal.reason).toMatchObject({ code: 'signal.stopped', data: { scope } });
    expect(theirs.signal.aborted).toBe(false);
  });

  it('stops everything', () => {
    const stops = createStops();
    const admissions = [stops.admit(call), stops.admit(other)];
    expect(stops.apply('everything', everything)).toEqual(['act_1', 'act_2']);
    expect(admissions.every((admission) => admission.signal.aborted)).toBe(true);
    expect(() => stops.check({ ...other, action: 'act_3' })).toThrow(AppError);
    expect(stops.isStopped('agent', 'agt_9')).toBe(true);
  });

  it('aborts a signal that was handed out before the stop, with listeners', () => {
    const stops = createStops();
    const { signal } = stops.admit(call);
    const reasons: unknown[] = [];
    signal.addEventListener('abort', () => reasons.push(signal.reason));
    stops.cut('task', 'tsk_1', new AppError('task.not_open'));
    expect(reasons).toEqual([expect.objectContaining({ code: 'task.not_open' })]);
  });

  it('cuts a call once, for the first reason, and admits the next one after a cut without a stop', () => {
    const stops = createStops();
    const admission = stops.admit(call);
    expect(stops.cut('agent', 'agt_1', new AppError('agent.not_active'))).toEqual(['act_1']);
    expect(stops.apply('task', 'tsk_1')).toEqual([]);
    expect(admission.signal.reason).toMatchObject({ code: 'agent.not_active' });
    stops.lift('task', 'tsk_1');
    expect(() => stops.admit(call)).not.toThrow();
  });

  it('forgets released calls, and a second release changes nothing', () => {
    const stops = createStops();
    const first = stops.admit(call);
    const second = stops.admit({ ...call, action: 'act_9' });
    expect(stops.inFlight).toBe(2);
    first.release();
    first.release();
    expect(stops.inFlight).toBe(1);
    expect(stops.hasInFlight('tsk_1')).toBe(true);
    expect(stops.listInFlight('delegation', 'dlg_2')).toEqual(['act_9']);
    second.release();
    expect(stops.hasInFlight('tsk_1')).toBe(false);
    expect(stops.apply('agent', 'agt_1')).toEqual([]);
    expect(first.signal.aborted).toBe(false);
  });

  it('lets a cut call release itself while the others are being cut', () => {
    const stops = createStops();
    for (const action of ['act_1', 'act_2', 'act_3']) {
      const admission = stops.admit({ ...call, action });
      admission.signal.addEventListener('abort', () => admission.release());
    }
    expect(stops.apply('agent', 'agt_1')).toEqual(['act_1', 'act_2', 'act_3']);
    expect(stops.inFlight).toBe(0);
  });

  it('counts a stop that is put in force twice as one', () => {
    const stops = createStops();
    stops.apply('agent', 'agt_1');
    stops.apply('agent', 'agt_1');
    stops.lift('agent', 'agt_1');
    stops.lift('agent', 'agt_1');
    expect(() => stops.check(call)).not.toThrow();
    stops.apply('owner', 'per_1');
    expect(() => stops.check(call)).toThrow(AppError);
  });

  it('holds calls off with a reason until released, beside a stop', () => {
    const stops = createStops();
    const admission = stops.admit(call);
    const hold = stops.hold('delegation', 'dlg_2', new AppError('delegation.not_active'));
    expect(hold.cut).toEqual(['act_1']);
    expect(admission.signal.reason).toMatchObject({ code: 'delegation.not_active' });
    expect(() => stops.admit(call)).toThrow(expect.objectContaining({ code: 'delegation.not_active' }));
    expect(stops.isStopped('delegation', 'dlg_2')).toBe(false);
    stops.apply('delegation', 'dlg_2');
    const again = stops.hold('delegation', 'dlg_2', new AppError('delegation.not_active'));
    hold.release();
    hold.release();
    again.release();
    expect(() => stops.admit(call)).toThrow(expect.objectContaining({ code: 'signal.stopped' }));
    stops.lift('delegation', 'dlg_2');
    expect(() => stops.admit(call)).not.toThrow();
  });

  it('is not fooled by targets that are names of object members', () => {
    const stops = createStops();
    expect(stops.isStopped('agent', '__proto__')).toBe(false);
    stops.apply('tool', 'constructor/__proto__');
    expect(() => stops.check(call)).not.toThrow();
    expect(() => stops.check({ ...call, tool: 'constructor/__proto__' })).toThrow(AppError);
  });
});
