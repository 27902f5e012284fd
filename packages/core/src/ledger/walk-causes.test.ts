import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CausalGraph, CausalRecord } from './causal-graph.ts';
import { createTestSource, makeCausal } from './create-test-source.ts';
import { WALK_BOUNDS, walkBack, walkOn } from './walk-causes.ts';

const TRACE = 'a'.repeat(32);
const call = { operation: 'call', arguments: { iban: 'DE89' } };

/** A prompt, a document that was read, and a payment to the account that the document named, with an approval between. */
const story: readonly CausalRecord[] = [
  makeCausal('rec_policy', { kind: 'policy.activated', policyVersion: 'pol_1', at: 1 }),
  makeCausal('rec_given', { kind: 'delegation.created', at: 2 }),
  makeCausal('rec_opened', {
    kind: 'task.opened',
    causes: ['rec_given'],
    body: { promptDigest: 'x' },
    seq: 3,
  }),
  makeCausal('rec_read', { causes: ['rec_opened'], body: call, task: 'tsk_a', agent: 'agt_a', seq: 4 }),
  makeCausal('rec_other', { kind: 'action.outcome', task: 'tsk_a', agent: 'agt_a', seq: 5 }),
  makeCausal('rec_document', { kind: 'action.outcome', causes: ['rec_read'], task: 'tsk_a', seq: 6 }),
  makeCausal('rec_intent', {
    ...{ causes: ['rec_opened', 'rec_document'], task: 'tsk_a', agent: 'agt_a', trace: TRACE, seq: 7 },
    body: { ...call, sources: [{ at: '/iban', record: 'rec_document', trust: 'untrusted' }] },
  }),
  makeCausal('rec_asked', { kind: 'action.decision', causes: ['rec_intent'], policyVersion: 'pol_1' }),
  makeCausal('rec_requested', { kind: 'approval.requested', causes: ['rec_asked'] }),
  makeCausal('rec_granted', { kind: 'approval.granted', causes: ['rec_requested'] }),
  makeCausal('rec_allowed', {
    kind: 'action.decision',
    causes: ['rec_intent', 'rec_granted'],
    policyVersion: 'pol_1',
  }),
  makeCausal('rec_paid', {
    kind: 'action.outcome',
    causes: ['rec_intent', 'rec_allowed'],
    task: 'tsk_a',
    seq: 20,
  }),
  makeCausal('rec_later', { causes: ['rec_opened'], body: call, task: 'tsk_a', agent: 'agt_a', seq: 21 }),
];

async function walk(direction: 'back' | 'on', id: string, records = story, bounds = WALK_BOUNDS) {
  const root = records.find((record) => record.id === id);
  if (root === undefined) throw new Error(`no ${id}`);
  return (direction === 'back' ? walkBack : walkOn)(createTestSource(records), root, bounds);
}

function show({ edges }: CausalGraph): readonly string[] {
  return edges.map(({ from, to, link }) => `${from} -${link}-> ${to}`).sort();
}

const idsOf = (graph: CausalGraph, isContext = false) =>
  graph.nodes.filter((node) => (node.isContext === true) === isContext).map(({ record }) => record.id);
const codesOf = ({ gaps }: CausalGraph) => gaps.map(({ at, code }) => `${at} ${code}`);

describe('walkBack', () => {
  it('goes from a payment to the document, the prompt, the approval and the policies', async () => {
    const graph = await walk('back', 'rec_paid');
    expect(show(graph)).toEqual([
      'rec_allowed -cause-> rec_paid',
      'rec_asked -cause-> rec_requested',
      'rec_document -value-> rec_intent',
      'rec_given -cause-> rec_opened',
      'rec_granted -cause-> rec_allowed',
      'rec_intent -cause-> rec_allowed',
      'rec_intent -cause-> rec_asked',
      'rec_intent -cause-> rec_paid',
      'rec_opened -cause-> rec_intent',
      'rec_opened -cause-> rec_read',
      'rec_other -context-> rec_intent',
      'rec_policy -policy-> rec_allowed',
      'rec_policy -policy-> rec_asked',
      'rec_read -cause-> rec_document',
      'rec_requested -cause-> rec_granted',
    ]);
    expect(graph.edges.find(({ link }) => link === 'value')?.detail).toBe('/iban (untrusted)');
    expect(idsOf(graph, true)).toEqual(['rec_other']);
    expect(graph.truncated).toBe(false);
    expect(codesOf(graph)).toEqual([
      'rec_intent model_not_seen',
      'rec_opened prompt_digest_only',
      'rec_read model_not_seen',
      'rec_read values_unproven',
    ]);
  });

  it('says what is missing, erased, lost or no longer known, and goes on', async () => {
    const records = [
      makeCausal('rec_opened', { kind: 'task.opened', body: { promptDigest: null } }),
      makeCausal('rec_gone', { erased: true, kind: 'action.outcome', causes: ['rec_opened'] }),
      makeCausal('rec_intent', {
        causes: ['rec_gone', 'rec_nowhere'],
        body: { ...call, sourcesPartial: true },
      }),
      makeCausal('rec_decided', {
        kind: 'action.decision',
        causes: ['rec_intent'],
        policyVersion: 'pol_old',
      }),
      makeCausal('rec_lost', {
        kind: 'action.outcome',
        causes: ['rec_decided'],
        body: { status: 'unknown' },
      }),
    ];
    expect(codesOf(await walk('back', 'rec_lost', records)).sort()).toEqual([
      'rec_decided policy_unknown',
      'rec_gone erased',
      'rec_intent missing',
      'rec_intent model_not_seen',
      'rec_intent sources_partial',
      'rec_intent values_unproven',
      'rec_lost outcome_unknown',
      'rec_opened no_prompt',
    ]);
  });

  it('knows the credential that a call went out with, and what a model was told and asked for', async () => {
    const told = { model: { messages: [{ role: 'user', in: 'rec_first' }, { in: 5 }, null] } };
    const records = [
      makeCausal('rec_first', { body: { model: { messages: 'none' } } }),
      makeCausal('rec_minted', { kind: 'upstream.credential_minted' }),
      makeCausal('rec_page', { kind: 'action.outcome' }),
      makeCausal('rec_asked', { causes: ['rec_page'], body: told }),
      makeCausal('rec_answer', {
        kind: 'action.outcome',
        causes: ['rec_asked'],
        body: { model: { text: 'x' } },
      }),
      makeCausal('rec_call', { causes: ['rec_answer'], body: { ...call, predicted: true } }),
      makeCausal('rec_done', {
        ...{ kind: 'action.outcome', causes: ['rec_call'] },
        body: { credential: { kind: 'oauth', minted: 'rec_minted' } },
      }),
    ];
    const graph = await walk('back', 'rec_done', records);
    expect(show(graph)).toEqual([
      'rec_answer -model-> rec_call',
      'rec_asked -cause-> rec_answer',
      'rec_call -cause-> rec_done',
      'rec_first -prompt-> rec_asked',
      'rec_minted -cause-> rec_done',
      'rec_page -prompt-> rec_asked',
    ]);
    expect(codesOf(graph)).toEqual(['rec_call values_unproven']);
    const unasked = [makeCausal('rec_call', { body: { operation: 'call', predicted: false } })];
    expect(codesOf(await walk('back', 'rec_call', unasked))).toEqual(['rec_call not_asked_for']);
  });

  it('ends for records that name each other, and themselves', async () => {
    const records = [
      makeCausal('rec_a', { causes: ['rec_b', 'rec_a'] }),
      makeCausal('rec_b', { causes: ['rec_c'] }),
      makeCausal('rec_c', { causes: ['rec_a'] }),
    ];
    for (const direction of ['back', 'on'] as const)
      expect(idsOf(await walk(direction, 'rec_a', records)).sort()).toEqual(['rec_a', 'rec_b', 'rec_c']);
  });

  it('stops at its bounds and says so', async () => {
    const chain = Array.from({ length: 200 }, (_, at) =>
      makeCausal(`rec_${at}`, { causes: [`rec_${at - 1}`] }),
    );
    const deep = await walk('back', 'rec_199', chain, { ...WALK_BOUNDS, depth: 10 });
    expect([deep.nodes.length, deep.truncated]).toEqual([11, true]);
    let steps = 0;
    const late = await walk('back', 'rec_199', chain, { ...WALK_BOUNDS, isOver: () => ++steps > 5 });
    expect([late.nodes.length, late.truncated]).toEqual([4, true]);
    // What was not looked at is not said to be unknown.
    expect(codesOf(late)).toEqual([]);
  });

  it.each([true, false])(
    'reads a record once that all name, and no more than it has room for (%s)',
    async (isThere) => {
      const names = Array.from({ length: 250 * 128 }, (_, at) => `rec_n${at}`);
      const level = Array.from({ length: 100 }, (_, at) =>
        makeCausal(`rec_${at}`, { causes: ['rec_same', ...names.slice(at * 127, (at + 1) * 127)] }),
      );
      const root = makeCausal('rec_root', { causes: level.map(({ id }) => id) });
      const named = isThere ? names.map((id) => makeCausal(id)) : [];
      const source = createTestSource([root, makeCausal('rec_same'), ...level, ...named]);
      let atOnce = 0;
      let mostAtOnce = 0;
      const counted = {
        ...source,
        async get(id: string) {
          mostAtOnce = Math.max(mostAtOnce, ++atOnce);
          const found = await source.get(id);
          atOnce -= 1;
          return found;
        },
      };
      const graph = await walkBack(counted, root);
      expect(mostAtOnce).toBe(16);
      expect(source.reads).toBeLessThan(isThere ? 256 : 256 + 1024 + 16);
      expect(graph.nodes).toHaveLength(isThere ? 256 : 102);
      expect(graph.edges.filter(({ from }) => from === 'rec_same')).toHaveLength(100);
      expect(graph.gaps.length).toBeLessThanOrEqual(1024);
      expect(graph.truncated).toBe(true);
    },
  );

  it('has no time left for more while it reads one level', async () => {
    const causes = Array.from({ length: 128 }, (_, at) => `rec_${at}`);
    const records = causes.map((id) => makeCausal(id));
    const source = createTestSource(records);
    let asked = 0;
    const bounds = { ...WALK_BOUNDS, isOver: () => ++asked > 2 };
    const graph = await walkBack(source, makeCausal('rec_root', { causes }), bounds);
    expect([graph.nodes.length, source.reads, graph.truncated]).toEqual([33, 32, true]);
  });
});

describe('walkOn', () => {
  it('goes from a document to all that its values flowed into, and apart to what had it in context', async () => {
    const graph = await walk('on', 'rec_document');
    expect(idsOf(graph)).toEqual(
      expect.arrayContaining(['rec_intent', 'rec_allowed', 'rec_paid', 'rec_granted']),
    );
    expect(idsOf(graph)).not.toContain('rec_later');
    expect(idsOf(graph, true)).toEqual(['rec_later']);
    expect(show(graph)).toContain('rec_document -context-> rec_later');
  });

  it('reads no more of ten thousand followers than it may', async () => {
    const many = Array.from({ length: 10_000 }, (_, at) =>
      makeCausal(`rec_f${at}`, { causes: ['rec_root'] }),
    );
    const graph = await walk('on', 'rec_root', [makeCausal('rec_root'), ...many]);
    expect(graph.nodes).toHaveLength(65);
    expect(graph.truncated).toBe(true);
    expect(codesOf(graph)).toEqual(['rec_root not_all_read']);
  });

  it('asks for the followers of no more than a few records once it is full', async () => {
    const records = Array.from({ length: 4_000 }, (_, at) =>
      makeCausal(`rec_${at}`, { causes: [`rec_${Math.floor((at - 1) / 50)}`] }),
    );
    const source = createTestSource(records);
    const graph = await walkOn(source, records[0] ?? makeCausal('rec_0'));
    expect([graph.nodes.length, graph.truncated]).toEqual([256, true]);
    expect(source.reads).toBeLessThan(20);
  });

  it('leaves out what a drill did', async () => {
    const records = [
      makeCausal('rec_real'),
      makeCausal('rec_drilled', { causes: ['rec_real'], drill: 'drl_a' }),
    ];
    const graph = await walk('on', 'rec_real', records);
    expect(idsOf(graph)).toEqual(['rec_real']);
    expect(codesOf(graph)).toEqual(['rec_real drill_left_out']);
  });
});

describe('what an agent tells', () => {
  const span = (id: string, more: Partial<CausalRecord> = {}) =>
    makeCausal(id, {
      ...{ kind: 'task.span_told', agent: 'agt_a', trace: TRACE, seq: 30 },
      ...more,
      body: { operation: 'chat', name: 'chat gpt', start: 500, ...more.body },
    });
  const intent = makeCausal('rec_intent', { agent: 'agt_a', trace: TRACE, toolCall: 'call_1', body: call });

  it('is joined to its own calls alone, and what others say of them is told of', async () => {
    const records = [intent, span('rec_mine'), span('rec_forged', { agent: 'agt_evil', toolCall: 'call_1' })];
    const graph = await walk('back', 'rec_intent', records);
    expect(show(graph)).toEqual(['rec_mine -trace-> rec_intent']);
    expect(codesOf(graph)).toEqual([
      'rec_intent told_by_others',
      'rec_mine told_by_others',
      'rec_intent values_unproven',
    ]);
    expect(idsOf(await walk('on', 'rec_forged', records))).toEqual(['rec_forged']);
  });

  it('is joined by the name of the call, what did it after the call and what asked for it before', async () => {
    const records = [
      intent,
      span('rec_chat', { toolCall: 'call_1' }),
      span('rec_tool', { toolCall: 'call_1', body: { operation: 'execute_tool' } }),
      span('rec_elsewhere', { toolCall: 'call_1', task: 'tsk_b' }),
    ];
    const withTask = records.map((record) =>
      record.id === 'rec_intent' ? { ...record, task: 'tsk_a' } : record,
    );
    expect(show(await walk('back', 'rec_intent', withTask))).toEqual(['rec_chat -tool_call-> rec_intent']);
    expect(show(await walk('on', 'rec_intent', withTask))).toEqual(['rec_intent -tool_call-> rec_tool']);
  });

  it('is followed up from span to span, in a circle only once', async () => {
    const records = [
      { ...intent, body: { ...call, traceparent: `00-${TRACE}-${'1'.repeat(16)}-01` } },
      span('rec_1', {
        body: { operation: 'execute_tool', span: '1'.repeat(16), parentSpan: '2'.repeat(16) },
      }),
      span('rec_4', { body: { start: 5000, span: '2'.repeat(16), parentSpan: '9'.repeat(16) } }),
      span('rec_2', { body: { start: 5000, span: '2'.repeat(16), parentSpan: '1'.repeat(16) } }),
      span('rec_3', { body: { start: 5000, span: '3'.repeat(16), parentSpan: '3'.repeat(16) } }),
    ];
    expect(show(await walk('back', 'rec_intent', records))).toEqual([
      'rec_1 -trace-> rec_intent',
      'rec_4 -trace-> rec_1',
    ]);
  });

  it('is the same in whatever order it came', async () => {
    const told = [
      ...[span('rec_a', { body: { span: '1' } }), span('rec_b', { body: { span: '2', parentSpan: '1' } })],
      ...[span('rec_c', { agent: 'agt_b', body: { span: '1' } })],
      ...[{ ...intent, id: 'rec_told' }, ...story],
    ];
    const ids = ['rec_told', 'rec_a', 'rec_paid'];
    const wanted = await Promise.all(ids.map(async (id) => show(await walk('back', id, told))));
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...told], { minLength: told.length }), async (records) => {
        const found = await Promise.all(ids.map(async (id) => show(await walk('back', id, records))));
        expect(found).toEqual(wanted);
      }),
      { numRuns: 50 },
    );
  });
});

describe('any records, whoever wrote them', () => {
  const id = fc.integer({ min: 0, max: 12 }).map((number) => `rec_${number}`);
  const record = fc.record({
    id,
    kind: fc.constantFrom(
      'action.intent',
      'action.outcome',
      'action.decision',
      'task.span_told',
      'task.opened',
    ),
    at: fc.integer({ min: 0, max: 100 }),
    causes: fc.array(id, { maxLength: 5 }),
    erased: fc.boolean(),
    agent: fc.constantFrom('agt_a', 'agt_b'),
    trace: fc.constantFrom('t1', 't2'),
    toolCall: fc.constantFrom('c1', 'c2'),
    body: fc.dictionary(
      fc.constantFrom('sources', 'model', 'operation', 'span', 'parentSpan'),
      fc.jsonValue(),
    ),
  });

  it('make a graph that is bounded, whole in itself, and joins no telling of another agent', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(record, { selector: (one) => one.id, minLength: 1, maxLength: 12 }),
        fc.constantFrom('back', 'on') as fc.Arbitrary<'back' | 'on'>,
        async (records, direction) => {
          const byId = new Map(records.map((one) => [one.id, one]));
          const graph = await walk(direction, records[0]?.id ?? '', records, {
            nodes: 6,
            depth: 4,
            beside: 3,
          });
          const ids = new Set(graph.nodes.map((node) => node.record.id));
          expect(graph.nodes.length).toBeLessThanOrEqual(6);
          for (const { from, to, link } of graph.edges) {
            expect(ids.has(from) && ids.has(to)).toBe(true);
            if (link === 'trace' || link === 'tool_call')
              expect(byId.get(from)?.agent).toBe(byId.get(to)?.agent);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
