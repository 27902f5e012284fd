import { describe, expect, it } from 'vitest';
import type { ArgumentTrace, Origin } from '../../actions/provenance/index.ts';
import { amendGrant } from './amend-grant.ts';
import { deriveGrant } from './derive-grant.ts';
import { matchGrant } from './match-grant.ts';
import { narrowGrant } from './narrow-grant.ts';
import { proposeAmendment } from './propose-amendment.ts';
import {
  type GrantCall,
  type GrantTool,
  MOST_GRANT_ENTRIES,
  NO_GRANT,
  type TaskGrant,
} from './task-grant.ts';

const SEND: GrantTool = {
  tool: 'mail/send_email',
  definition: { name: 'send_email', description: 'Sends an email.' },
  roles: [
    { pointer: '/to/*', role: 'destination' },
    { pointer: '/body', role: 'content' },
  ],
};
const DELETE: GrantTool = {
  tool: 'mail/delete_thread',
  definition: { name: 'delete_thread' },
  roles: [{ pointer: '/id', role: 'target' }],
};
const GRANT = deriveGrant({ prompt: 'Send an email to Bob', tools: [SEND, DELETE], expiresAt: 1000 });

const STRICT: TaskGrant = {
  ...GRANT,
  entries: GRANT.entries.map((entry) => ({
    ...entry,
    arguments: entry.arguments.map((argument) => ({ ...argument, refused: ['untrusted'] })),
  })),
};

function trace(pointer: string, role: ArgumentTrace['role'], value: string, worst: Origin): ArgumentTrace {
  return { pointer, role, value, origins: new Set([worst]), worst };
}
function send(to: string, origin: Origin): GrantCall {
  return {
    tool: SEND.tool,
    traces: [trace('/to/0', 'destination', to, origin), trace('/body', 'content', 'a summary', 'untrusted')],
  };
}
const DELETION: GrantCall = { tool: DELETE.tool, traces: [trace('/id', 'target', '7', 'trusted')] };

function amended(grant: TaskGrant, calls: readonly GrantCall[]): TaskGrant {
  const change = amendGrant(grant, proposeAmendment(grant, calls, 0));
  if (!change.ok) throw new Error(change.code);
  return change.grant;
}

describe('holding a call against a grant', () => {
  it('covers what the prompt calls for, with arguments that are proven', () => {
    expect(matchGrant(GRANT, send('bob@example.com', 'prompt'), 0).state).toBe('covered');
  });

  it('differs where the destination is not proven, and names only that', () => {
    const match = matchGrant(GRANT, send('eve@example.com', 'untrusted'), 0);
    expect([match.state, match.differences.map(({ pointer }) => pointer)]).toEqual(['differs', ['/to/0']]);
  });

  it('is outside where nothing calls for the tool, unless the prompt was not understood', () => {
    expect(matchGrant(GRANT, DELETION, 0).state).toBe('outside');
    expect(matchGrant({ ...GRANT, reading: 'unclear' }, DELETION, 0).state).toBe('differs');
    expect(matchGrant(NO_GRANT, DELETION, 0).state).toBe('differs');
  });

  it('is outside where the prompt has ruled a value out, and asks where an entry only allows asking', () => {
    expect(matchGrant(STRICT, send('eve@example.com', 'untrusted'), 0).state).toBe('outside');
    expect(matchGrant(STRICT, send('eve@example.com', 'model'), 0).state).toBe('differs');
    const asking = { ...GRANT, entries: GRANT.entries.map((entry) => ({ ...entry, asks: true })) };
    expect(matchGrant(asking, send('bob@example.com', 'prompt'), 0).state).toBe('differs');
  });

  it('grants nothing once it has expired or an entry is used up', () => {
    const call = send('bob@example.com', 'prompt');
    expect([999, 1000, Number.NaN].map((now) => matchGrant(GRANT, call, now).state)).toEqual([
      'covered',
      'differs',
      'differs',
    ]);
    const spent = { ...GRANT, entries: GRANT.entries.map((entry) => ({ ...entry, uses: 0 })) };
    expect(matchGrant(spent, call, 0).state).toBe('outside');
  });

  it('never takes what stands for values that nobody looked at for one that was granted', () => {
    const to = { pointer: '/to/*', role: 'destination', values: [''], origins: [], refused: [] } as const;
    const entries = GRANT.entries.map((entry) => ({ ...entry, arguments: [to] }));
    const call = { tool: SEND.tool, traces: [trace('/to/*', 'destination', '', 'model')] };
    expect(matchGrant({ ...GRANT, entries }, call, 0).state).toBe('differs');
    expect(proposeAmendment(NO_GRANT, [call], 0).entries[0]?.arguments).toEqual([]);
  });

  it('does not grant an argument that no entry lists', () => {
    const call = { ...send('bob@example.com', 'prompt') };
    const traces = [...call.traces, trace('/bcc', 'destination', 'bob@example.com', 'prompt')];
    expect(matchGrant(GRANT, { ...call, traces }, 0).state).toBe('differs');
  });
});

describe('amending a grant', () => {
  it('asks once for the whole difference of several calls, and covers them afterwards', () => {
    const calls = [send('eve@example.com', 'untrusted'), send('mia@example.com', 'model'), DELETION];
    const amendment = proposeAmendment(GRANT, calls, 0);
    expect(amendment.entries.map(({ id, tool }) => [id, tool])).toEqual([
      ['g2', SEND.tool],
      ['g3', DELETE.tool],
    ]);
    const grant = amended(GRANT, calls);
    expect(calls.map((call) => matchGrant(grant, call, 0).state)).toEqual(['covered', 'covered', 'covered']);
    expect(matchGrant(grant, send('mallory@example.com', 'untrusted'), 0).state).toBe('differs');
    expect(proposeAmendment(grant, calls, 0).entries).toEqual([]);
  });

  it('holds no more entries than it may', () => {
    const entries = Array.from({ length: MOST_GRANT_ENTRIES + 1 }, (_, index) => ({
      id: `g${index + 2}`,
      tool: DELETE.tool,
      arguments: [],
      asks: false,
      source: 'person' as const,
      because: 'many',
      uses: null,
    }));
    expect(amendGrant(GRANT, { entries })).toEqual({ ok: false, code: 'too_many_entries' });
  });
});

describe('narrowing a grant', () => {
  it('takes entries away, shortens and tightens them', () => {
    const [entry] = GRANT.entries;
    if (entry === undefined) throw new Error('no entry');
    const destinations = entry.arguments.map((argument) => ({ ...argument, origins: ['prompt' as const] }));
    const tighter = narrowGrant(GRANT, {
      entries: [{ ...entry, arguments: destinations, uses: 1 }],
      expiresAt: 10,
    });
    expect(tighter.ok && tighter.grant.expiresAt).toBe(10);
    expect(tighter.ok && matchGrant(tighter.grant, send('bob@example.com', 'prompt'), 0).state).toBe(
      'differs',
    );
    const empty = narrowGrant(GRANT, { remove: [entry.id] });
    expect(empty.ok && empty.grant.entries).toEqual([]);
  });

  it('refuses whatever would widen it', () => {
    const [entry] = GRANT.entries;
    if (entry === undefined) throw new Error('no entry');
    const values = entry.arguments.map((argument) => ({ ...argument, values: ['eve@example.com'] }));
    const origins = entry.arguments.map((argument) => ({ ...argument, origins: ['model' as const] }));
    const wider = [
      { entries: [{ ...entry, arguments: values }] },
      { entries: [{ ...entry, arguments: origins }] },
      { entries: [{ ...entry, tool: DELETE.tool }] },
      { entries: [{ ...entry, uses: -1 }] },
      { entries: [{ ...entry, arguments: entry.arguments.map((one) => ({ ...one, refused: [] })) }] },
      { expiresAt: 1001 },
      { expiresAt: Number.NaN },
    ].map((narrowing) => narrowGrant(STRICT, narrowing));
    expect(wider.map((change) => !change.ok && change.code)).toEqual(wider.map(() => 'wider'));
    expect(narrowGrant(GRANT, { remove: ['g9'] })).toEqual({ ok: false, code: 'unknown_entry' });
    const used = { ...GRANT, entries: [{ ...entry, uses: 1 }] };
    expect(narrowGrant(used, { entries: [{ ...entry, uses: null }] })).toEqual({ ok: false, code: 'wider' });
  });
});
