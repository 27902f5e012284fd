import type { CausalEdge, CausalRecord } from './causal-graph.ts';

type Body = Readonly<Record<string, unknown>>;
/** What is read of a record beside what causes are found by. */
export interface DescribedRecord extends CausalRecord {
  readonly upstream?: string;
  readonly tool?: string;
  readonly person?: string;
  readonly approval?: string;
}

const LONGEST = 160;

/**
 * What a record says happened, in one sentence. It repeats what agents, models and documents wrote: whoever shows it
 * makes it safe to show.
 */
export function describeRecord(record: DescribedRecord): string {
  if (record.erased) return `${record.kind}, erased`;
  const describe = SENTENCES.get(record.kind);
  const sentence = describe?.(record, record.body ?? {}) ?? describeOther(record);
  return cut(sentence);
}

/** How one record led to the other, in a few words. */
export function describeLink({ link, detail }: Pick<CausalEdge, 'link' | 'detail'>): string {
  const said = detail === undefined ? '' : ` ${detail}`;
  if (link === 'value') return `argument${said} came out of`;
  if (link === 'prompt')
    return detail?.startsWith('/') === true
      ? `argument${said} stood in the prompt of`
      : `${detail ?? 'prompted by'}:`;
  if (link === 'model') return 'asked for by a model in';
  if (link === 'policy') return 'decided under';
  if (link === 'context') return 'was there to be read:';
  if (link === 'cause') return detail === undefined ? '' : `${detail}:`;
  return 'told of by the agent:';
}

const SENTENCES: ReadonlyMap<string, (record: DescribedRecord, body: Body) => string> = new Map([
  ['action.intent', (record, body) => `${nameTool(record)} was asked for${withArguments(body)}`],
  ['action.decision', describeDecision],
  ['action.release', (record) => `${nameTool(record)} was let go as approved`],
  ['action.outcome', (record, body) => `${nameTool(record)}: ${read(body, 'status', 'code')}`],
  ['action.reported', (record, body) => `${nameTool(record)}, as its caller says: ${read(body, 'status')}`],
  ['action.refused', (record, body) => `${nameTool(record)} was refused: ${read(body, 'code')}`],
  ['approval.requested', (record) => `people were asked (${record.approval ?? ''})`],
  ['approval.voted', describeVote],
  ['approval.granted', (record) => `enough people have approved (${record.approval ?? ''})`],
  ['approval.denied', (record) => `it was denied (${record.approval ?? ''})`],
  ['task.opened', (record, body) => `task ${record.task ?? ''} was opened: ${read(body, 'purpose')}`],
  [
    'task.prompt_given',
    (record, body) => `task ${record.task ?? ''} was given the prompt: ${read(body, 'prompt')}`,
  ],
  ['task.prompt_told', (record) => `a later prompt was told of in task ${record.task ?? ''}`],
  [
    'task.span_told',
    (_record, body) => `${read(body, 'operation')} ${read(body, 'name')}, as the agent says`,
  ],
  ['delegation.created', describeDelegation],
  [
    'policy.activated',
    (record, body) => `policies ${record.policyVersion ?? ''} went live, by ${read(body, 'by')}`,
  ],
  ['agent.registered', (record, body) => `agent ${read(body, 'name') || record.agent || ''} was registered`],
]);

function describeDecision(record: DescribedRecord, body: Body): string {
  const effect = read(body, 'effect') === 'step_up' ? 'a person has to be asked' : read(body, 'effect');
  const policies =
    Array.isArray(body.policies) && body.policies.length > 0 ? ` by ${body.policies.join(', ')}` : '';
  const approved = read(body, 'decidedBy') === 'approval' ? ' as approved' : '';
  return `${nameTool(record)}: ${effect}${approved}${policies}`;
}

function describeVote({ person = '' }: DescribedRecord, body: Body): string {
  const means = typeof body.credentialId === 'string' ? ' with a passkey' : '';
  return `${person} said ${read(body, 'choice')}${means}`;
}

function describeDelegation({ agent = '', person = '' }: DescribedRecord, body: Body): string {
  const by = read(body, 'by');
  const through = by === '' || by.endsWith(person) ? '' : `, given by ${by}`;
  return `${agent} may act for ${person}${through}: ${read(body, 'purpose')}`;
}

function describeOther({ kind, person, agent, approval, body = {} }: DescribedRecord): string {
  const who = person ?? agent;
  const words = ['effect', 'outcome', 'code', 'state', 'to', 'reason'].map((name) => read(body, name));
  return [kind, approval, ...words, who === undefined ? '' : `(${who})`].filter(Boolean).join(' ');
}

function nameTool({ upstream = '', tool, body }: DescribedRecord): string {
  if (tool !== undefined) return `${upstream}/${tool}`;
  const method = read(body ?? {}, 'method');
  return method === '' ? upstream || 'a call' : `${upstream} ${method}`;
}

function withArguments({ arguments: given }: Body): string {
  if (typeof given !== 'object' || given === null || Object.keys(given).length === 0) return '';
  return ` with ${JSON.stringify(given)}`;
}

function read(body: Body, ...names: readonly string[]): string {
  for (const name of names) {
    const value = Object.hasOwn(body, name) ? body[name] : undefined;
    if (typeof value === 'string') return value;
  }
  return '';
}

function cut(text: string): string {
  const one = text.replaceAll(/\s+/g, ' ');
  return one.length <= LONGEST ? one : `${one.slice(0, LONGEST - 1).toWellFormed()}…`;
}
