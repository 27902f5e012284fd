import { connectMcp } from '@countersign/sdk/mcp';
import type { Client } from '@modelcontextprotocol/client';
import type { ControlClient } from '../../control/control-client.ts';
import { invoices } from '../../demo/payments/index.ts';
import { formatDuration } from '../../output/format-time.ts';
import { pause } from '../../pause.ts';
import type { Session } from '../../session.ts';
import type { Approval } from '../approvals/approval.ts';
import { callTool, type PendingApproval } from './call-tool.ts';
import type { DemoAgent } from './enrol-agent.ts';
import { tell } from './narrator.ts';

const pollMilliseconds = 500;

interface Stage {
  readonly session: Session;
  readonly api: ControlClient;
  readonly agent: DemoAgent;
  readonly client: Client;
}

/** One allowed call, one denied, one that needs a person. True when the third one ran. */
export async function playScenes(
  session: Session,
  api: ControlClient,
  agent: DemoAgent,
  folder: string,
): Promise<boolean> {
  const files = await connectMcp(agent.task, 'files');
  const client = await connectMcp(agent.task, 'payments');
  const stage = { session, api, agent, client };
  try {
    await playAllowed(stage, files, folder);
    await playDenied(stage);
    return await playApproved(stage);
  } finally {
    await Promise.all([files.close(), client.close()]);
  }
}

async function playAllowed({ session, agent, client }: Stage, files: Client, folder: string): Promise<void> {
  const note = await callTool(files, 'read_text_file', { path: `${folder}/how-we-pay.txt` });
  const due = await callTool(client, 'list_invoices', {});
  const owes = invoices.map(({ id, customer, amount_minor, currency }) => {
    return `${id}  ${customer}  ${(amount_minor / 100).toFixed(2)} ${currency}`;
  });
  const works = !note.isError && !due.isError;
  tell(session.print, {
    event: 'demo.allowed',
    mark: works ? 'allowed' : 'denied',
    title: works
      ? 'Allowed: files/read_text_file and payments/list_invoices'
      : 'Refused, though it should be allowed',
    lines: works
      ? [
          `read: ${note.text.trim()}`,
          ...owes,
          'why: its delegation reaches both, and reading what a task reaches is permitted. The API key was put on the',
          'request by the gateway; the agent has never seen it.',
        ]
      : [note.text, due.text],
    facts: { allowed: works, task: agent.task.id },
  });
}

interface PolicyAnswer {
  readonly policies: readonly {
    readonly id: string;
    readonly effect: string;
    readonly description: string | null;
  }[];
}

async function playDenied({ session, api, agent, client }: Stage): Promise<void> {
  const given = { name: 'Harbour Cleaning' };
  const { text, isError } = await callTool(client, 'delete_customer', given);
  const body = { agentId: agent.agentId, upstream: 'payments', target: 'delete_customer', arguments: given };
  const { policies } = await api.send<PolicyAnswer>('POST', '/v1/policies/ask', body);
  const why = policies
    .filter(({ effect }) => effect === 'forbid')
    .map(({ id, description }) => `why: ${id}: ${description ?? 'forbidden'}`);
  tell(session.print, {
    event: 'demo.denied',
    mark: 'denied',
    title: `Denied: payments/delete_customer ${JSON.stringify(given)}`,
    lines: [...why, `the agent was told: ${text}`],
    facts: { denied: isError },
  });
}

async function playApproved(stage: Stage): Promise<boolean> {
  const { session, client } = stage;
  const invoice = invoices[0];
  if (invoice === undefined) return false;
  const { id, amount_minor, currency, recipient_iban } = invoice;
  const given = { amount_minor, currency, recipient_iban, reference: `Invoice ${id}` };
  const asked = await callTool(client, 'send_payment', given);
  if (asked.approval === undefined) {
    tell(session.print, { event: 'demo.unexpected', mark: 'denied', title: asked.text });
    return false;
  }
  askPerson(session, asked.approval, given);
  const state = await waitForDecision(stage, asked.approval.approval);
  // The same call again: it picks up the approval, once, or says why not.
  const outcome = await callTool(client, 'send_payment', given);
  const ran = state === 'approved' && !outcome.isError && outcome.approval === undefined;
  tell(session.print, {
    event: ran ? 'demo.completed' : 'demo.not_approved',
    mark: ran ? 'allowed' : 'denied',
    title: ran ? 'Approved with a passkey, and done' : `Not done: the request was ${state}`,
    lines: [outcome.text],
    facts: { state, approval: asked.approval.approval },
  });
  return ran;
}

function askPerson({ print, now }: Session, pending: PendingApproval, given: object): void {
  const { link, matchCode, expiresAt, approval } = pending;
  tell(print, {
    event: 'demo.pending',
    mark: 'pending',
    title: `Needs a person: payments/send_payment ${JSON.stringify(given)}`,
    lines: [
      'why: a payment needs a person, whatever its amount.',
      `decide here, within ${formatDuration(expiresAt - now())}, code ${matchCode}: ${link}`,
      'waiting for the decision',
    ],
    facts: { approval, link, matchCode, expiresAt },
  });
}

async function waitForDecision({ session, api }: Stage, approvalId: string): Promise<string> {
  for (;;) {
    const { state } = await api.get<Approval>(`/v1/approvals/${approvalId}`);
    if (state !== 'requested') return state;
    await pause(pollMilliseconds, session.signal);
    session.signal.throwIfAborted();
  }
}
