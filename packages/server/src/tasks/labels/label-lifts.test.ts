import { beforeEach, describe, expect, it } from 'vitest';
import { TaskHistory } from '../task-history.ts';

const code = (wanted: string) => expect.objectContaining({ code: wanted });
const now = 2;
const until = 1000;

describe('a label that a person lifts', () => {
  let history: TaskHistory;
  const read = (...names: readonly string[]) =>
    history.note(names.map((name) => ({ kind: 'label', name }) as const)).settle(true);
  const lift = (id: string, callsLeft: number | null = null) => history.lift({ id, until, callsLeft });
  beforeEach(() => {
    history = new TaskHistory('tsk_a');
  });

  it('is lifted as far as the signed text says, and no further', () => {
    read('audience:group:hr');
    expect(history.proposeLift('tdc_a', 'audience')).toEqual(['audience:group:hr']);
    expect(history.findLiftObstacle('tdc_a')).toBeUndefined();
    read('audience:group:board');
    expect(history.findLiftObstacle('tdc_a')).toBe('the task has read more with that label since');
    // It was read while the signature was being kept.
    lift('tdc_a');
    expect(history.labelsAt(now).audience).toEqual(['group:board']);
  });

  it('is not lifted where the same was read between proposal and signature', () => {
    read('untrusted');
    history.proposeLift('tdc_a', 'untrusted');
    read('untrusted');
    expect(history.findLiftObstacle('tdc_a')).toBeDefined();
    lift('tdc_a');
    expect(history.labelsAt(now).trust).toBe('untrusted');
  });

  it('is not lifted after a restart, without a proposal, or again', () => {
    expect(history.proposeLift('tdc_a', 'untrusted')).toEqual([]);
    read('untrusted');
    expect(history.findLiftObstacle('tdc_a')).toBeDefined();
    lift('tdc_a');
    expect(history.labelsAt(now).trust).toBe('untrusted');
    history.proposeLift('tdc_b', 'untrusted');
    lift('tdc_b');
    expect(history.labelsAt(now).trust).toBe('trusted');
    expect(history.labelsAt(until).trust).toBe('untrusted');
    expect(history.findLiftObstacle('tdc_b')).toBeDefined();
  });

  it('holds again once a call that was under way brings its answer', () => {
    read('untrusted', 'secret');
    history.proposeLift('tdc_a', 'untrusted');
    history.proposeLift('tdc_b', 'secret');
    lift('tdc_a');
    expect(history.lastBegun({ kind: 'label', name: 'untrusted' }, now)).toBeUndefined();
    history.noteArrival(['untrusted', 'never-noted']);
    expect(history.labelsAt(now)).toMatchObject({ trust: 'untrusted', sensitivity: 'secret' });
    // In which order things were begun is as it was.
    expect(history.lastBegun({ kind: 'label', name: 'untrusted' }, now)).toMatchObject({ position: 1 });
    expect(history.findLiftObstacle('tdc_b')).toBeUndefined();
    history.noteArrival(['secret']);
    expect(history.findLiftObstacle('tdc_b')).toBeDefined();
  });

  it('is lifted for so many calls, also of those that are ruled on at the same time', () => {
    read('untrusted', 'secret');
    history.proposeLift('tdc_a', 'untrusted');
    history.proposeLift('tdc_b', 'secret');
    lift('tdc_a', 1);
    lift('tdc_b', 2);
    const [first, second] = [history.liftsUsedAt(now), history.liftsUsedAt(now)];
    expect(first).toEqual(['tdc_a', 'tdc_b']);
    history.useLifts(first, now);
    expect(() => history.useLifts(second, now)).toThrow(code('task.labels_changed'));
    // Nothing was taken for the one that was refused.
    expect(history.liftsAt(now)).toMatchObject([{ id: 'tdc_b', callsLeft: 1 }]);
    expect(history.labelsAt(now)).toMatchObject({ trust: 'untrusted', sensitivity: 'public' });
    expect(() => history.useLifts(['tdc_b'], until)).toThrow(code('task.labels_changed'));
    history.useLifts([], until);
  });

  it('forgets the oldest proposals, which can then not be signed', () => {
    read('untrusted');
    for (let i = 0; i < 65; i++) history.proposeLift(`tdc_${i}`, 'untrusted');
    expect(history.findLiftObstacle('tdc_0')).toBeDefined();
    expect(history.findLiftObstacle('tdc_1')).toBeUndefined();
  });
});
