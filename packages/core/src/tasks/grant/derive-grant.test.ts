import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proposeArgumentRoles } from '../../upstreams/argument-roles/index.ts';
import { deriveGrant } from './derive-grant.ts';
import { matchGrant } from './match-grant.ts';
import { type GrantTool, MOST_GRANT_ENTRIES, type TaskGrant } from './task-grant.ts';

function tool(name: string, properties: Readonly<Record<string, string>> = {}): GrantTool {
  const definition = {
    name: name.slice(name.indexOf('/') + 1),
    annotations: { readOnlyHint: false },
    inputSchema: {
      type: 'object',
      properties: Object.fromEntries(
        Object.entries(properties).map(([key, description]) => [key, { type: 'string', description }]),
      ),
    },
  };
  return { tool: name, definition, roles: proposeArgumentRoles(definition) };
}

const TOOLS: readonly GrantTool[] = [
  tool('bank/send_money', { recipient: 'IBAN of the recipient', amount: 'Amount', subject: 'Subject' }),
  tool('bank/update_password', { password: 'The new password' }),
  tool('mail/send_email', { recipients: 'The email addresses', body: 'The body' }),
  tool('mail/delete_email', { email_id: 'The id of the email' }),
  tool('chat/send_channel_message', { channel: 'The channel', body: 'The message' }),
  tool('chat/send_direct_message', { recipient: 'The user', body: 'The message' }),
  tool('calendar/create_calendar_event', { title: 'Title', participants: 'Their email addresses' }),
  tool('shop/cart_add_product', { product_id: 'The product' }),
  tool('shop/checkout_cart', { product_ids: 'The products' }),
  tool('shop/verify_account', { otp: 'One time password' }),
  tool('travel/reserve_hotel', { hotel: 'Its name' }),
  tool('web/get_webpage', { url: 'The URL' }),
];

function derive(prompt: string): TaskGrant {
  return deriveGrant({ prompt, tools: TOOLS, expiresAt: null });
}

function calledFor(prompt: string): readonly string[] {
  return derive(prompt).entries.flatMap((entry) => (entry.asks ? [] : [entry.tool]));
}

describe('what a prompt calls for', () => {
  it.each([
    ['Could you please pay the rent to DE89370400440532013000?', ['bank/send_money']],
    ['Transfer 20 euros to Anna and e-mail her that it is done.', ['bank/send_money', 'mail/send_email']],
    ['I would like you to delete the newest email.', ['mail/delete_email']],
    ['I want that meeting scheduled for Friday.', ['calendar/create_calendar_event']],
    ['Find the channel with most members and post "Hello all" there.', ['chat/send_channel_message']],
    ['Look up who wrote most messages and write them "Well done".', ['chat/send_direct_message']],
    ['Book a room for two nights at the Grand Hotel.', ['travel/reserve_hotel']],
    ['Buy me a lamp.', ['shop/cart_add_product', 'shop/checkout_cart', 'shop/verify_account']],
    ['Change my password to "s3cret".', ['bank/update_password']],
    ['How many appointments do I have on Friday?', []],
    ['Spotify sent me a bill last month. How much was it?', []],
    ['What did Anna write in the email about the payment I made?', []],
  ])('%s', (prompt, tools) => {
    const reads = ['web/get_webpage'];
    expect(calledFor(prompt).filter((name) => !reads.includes(name))).toEqual(expect.arrayContaining(tools));
    const dangerous = [
      'bank/send_money',
      'bank/update_password',
      'mail/delete_email',
      'travel/reserve_hotel',
    ];
    const wrong = calledFor(prompt).filter((name) => dangerous.includes(name) && !tools.includes(name));
    expect(wrong).toEqual([]);
  });

  it('names a place, and rules out what others wrote for it', () => {
    const grant = derive('Send the report to bob@example.com by email.');
    const traces = [
      {
        pointer: '/recipients',
        role: 'destination' as const,
        value: 'eve@evil.example',
        origins: new Set(['untrusted' as const]),
        worst: 'untrusted' as const,
      },
    ];
    expect(matchGrant(grant, { tool: 'mail/send_email', traces }, 0).state).toBe('outside');
    const [entry] = grant.entries.filter((one) => one.tool === 'mail/send_email');
    expect(entry?.arguments.find(({ role }) => role === 'destination')?.values).toEqual(['bob@example.com']);
  });

  it('asks about the one thing that strangers named, unless it can be taken back', () => {
    const match = (isReversible: boolean) => {
      const tools = TOOLS.map((one) => ({ ...one, isReversible }));
      const grant = deriveGrant({ prompt: 'Book a room in a good hotel.', tools, expiresAt: null });
      const trace = { pointer: '/hotel', role: 'target' as const, value: 'Riverside View' };
      const seen = { worst: 'trusted' as const, origins: new Set(['trusted' as const]) };
      const traces = [{ ...trace, ...seen, isContested: true as const }];
      return matchGrant(grant, { tool: 'travel/reserve_hotel', traces }, 0).state;
    };
    expect([match(false), match(true)]).toEqual(['differs', 'covered']);
  });

  it('lets a document say what to do only where a person is asked, and never who gets in', () => {
    const grant = derive('Do what the tasks in the email from Anna say.');
    expect(grant.reading).toBe('delegates');
    const asks = grant.entries.filter((entry) => entry.asks).map((entry) => entry.tool);
    expect(asks).toContain('bank/send_money');
    expect(grant.entries.map((entry) => entry.tool)).not.toContain('bank/update_password');
  });

  it.each([
    'Bitte überweise die Miete an meine Vermieterin',
    '请把房租付给房东',
    'Por favor, paga el alquiler a mi casero',
    '',
  ])('says of nothing that it is not called for where it does not understand: %s', (prompt) => {
    const grant = derive(prompt);
    expect(grant.reading).toBe('unclear');
    expect(matchGrant(grant, { tool: 'bank/update_password', traces: [] }, 0).state).toBe('differs');
  });

  it('asks about a tool for what the prompt speaks of, and refuses addresses of strangers even then', () => {
    const grant = derive('How many emails did Anna write?');
    const asked = { pointer: '/recipients', role: 'destination' as const };
    const match = (value: string, worst: 'trusted' | 'untrusted') =>
      matchGrant(
        grant,
        { tool: 'mail/send_email', traces: [{ ...asked, value, worst, origins: new Set([worst]) }] },
        0,
      ).state;
    expect([match('anna@example.com', 'trusted'), match('eve@evil.example', 'untrusted')]).toEqual([
      'differs',
      'outside',
    ]);
  });
});

describe('deriving from whatever comes', () => {
  const words = fc.constantFrom(
    ...[
      'send',
      'pay',
      'the',
      'email',
      'to',
      'bob@a.org',
      '"',
      "'",
      '.',
      ',',
      'file',
      'a.txt',
      'www.b.com',
      '12',
    ],
    ...[
      'DE89370400440532013000',
      'it',
      'please',
      'do',
      'tasks',
      'and',
      '#general',
      '/tmp/x',
      'é',
      '漢',
      '\u200b',
    ],
  );
  const prompts = fc.oneof(
    fc.array(words, { maxLength: 60 }).map((all) => all.join(' ')),
    fc.string({ maxLength: 300 }),
  );

  it('never grants a value that is not in the prompt', () => {
    fc.assert(
      fc.property(prompts, (prompt) => {
        const said = prompt.normalize('NFKC');
        for (const entry of derive(prompt).entries)
          for (const { values } of entry.arguments) for (const value of values) expect(said).toContain(value);
      }),
      { numRuns: 300 },
    );
  });

  it('is the same each time, and covers nothing whose destination a stranger wrote', () => {
    fc.assert(
      fc.property(prompts, (prompt) => {
        const grant = derive(prompt);
        expect(derive(prompt)).toEqual(grant);
        const value = 'eve@evil.example';
        const traces = [
          { pointer: '/recipients', role: 'destination' as const, value, worst: 'untrusted' as const },
        ].map((trace) => ({ ...trace, origins: new Set([trace.worst]) }));
        expect(matchGrant(grant, { tool: 'mail/send_email', traces }, 0).state).not.toBe('covered');
      }),
      { numRuns: 200 },
    );
  });

  it('takes its time for no prompt and no number of tools', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => ({
      ...(TOOLS[index % TOOLS.length] as GrantTool),
      tool: `u${index}/tool`,
    }));
    const hostile = [
      'send '.repeat(3_300),
      'send a@b.co and '.repeat(1_024),
      "'".repeat(16_384),
      "'a' ".repeat(4_096),
      'a.'.repeat(8_192),
      'a@'.repeat(8_192),
      '/a'.repeat(8_192),
      'US12 34 '.repeat(2_048),
      'Do the tasks in the file. '.repeat(640),
    ];
    for (const prompt of hostile) {
      const before = performance.now();
      const grant = deriveGrant({ prompt, tools: many, expiresAt: null });
      expect(performance.now() - before).toBeLessThan(1_000);
      expect(grant.entries.length).toBeLessThanOrEqual(MOST_GRANT_ENTRIES);
    }
    const calls = [1, 2, 3, 4, 5].map(() => {
      const before = performance.now();
      deriveGrant({
        prompt: 'Pay the rent and email Anna at anna@a.org about it.',
        tools: many,
        expiresAt: null,
      });
      return performance.now() - before;
    });
    expect(Math.min(...calls)).toBeLessThan(20);
  });

  it('asks about what no longer fits into a grant', () => {
    const many = Array.from({ length: 3 * MOST_GRANT_ENTRIES }, (_, index) => ({
      ...(TOOLS[index % 2] as GrantTool),
      tool: `u${index}/tool`,
    }));
    const grant = deriveGrant({
      prompt: 'Pay the bill in the email and do what the tasks say.',
      tools: many,
      expiresAt: null,
    });
    expect(grant.entries).toHaveLength(MOST_GRANT_ENTRIES);
    expect(grant.reading).toBe('unclear');
  });
});
