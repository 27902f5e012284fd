import {
  type EnrolledAgent,
  type FakeModel,
  type HttpReply,
  joinPerson,
  startFakeModel,
  type TestPerson,
} from '@countersign/testkit';
import { askToErase } from '../../scenarios/ground/ask-to-erase.ts';
import { callApi } from '../../scenarios/ground/call-api.ts';
import { PAYMENT } from './payments-tools.ts';
import type { House } from './start-house.ts';

const MODEL_KEY = 'a-key-that-only-the-server-knows';

/** One of everything that a report has claims about, done as people, agents and a directory do it. */
export async function workASeason(house: House): Promise<void> {
  const { gateway } = house;
  await house.call('list_invoices', { customer: 'C-1' });
  await house.call('delete_customer', { customer: 'C-1' });
  requireSuccess(await gateway.administrator.decide(await house.ask('send_payment', PAYMENT), 'approve'));
  requireSuccess(await house.call('send_payment', PAYMENT));
  await askModel(house);
  await leave(house);
  await review(house);
  await revoke(house);
  await changePolicy(house);
  await erase(house);
  requireSuccess(await gateway.operator('POST', '/v1/exposure/drills/runs', { drills: ['stolen-token'] }));
}

async function askModel({ gateway }: House): Promise<void> {
  const model: FakeModel = await startFakeModel({ key: MODEL_KEY });
  await gateway.storeSecret('model-key', MODEL_KEY);
  await gateway.addUpstream('openai', {
    model: { url: model.url, provider: 'openai' },
    headers: { authorization: 'Bearer {secret:model-key}' },
  });
  model.say({ text: 'two invoices are open' });
  const body = JSON.stringify({ model: 'gpt-9', messages: [{ role: 'user', content: 'What is open?' }] });
  const caller = await gateway.enrol({ name: 'summary-bot' });
  const reply = await callApi(gateway, caller, 'POST', 'openai/v1/chat/completions', {
    door: 'models',
    body,
  });
  await model.close();
  if (reply.status !== 200) throw new Error(`the model was not reached: ${reply.status} ${reply.body}`);
}

/** The directory says that somebody is gone; their agents stop. */
async function leave({ gateway, call }: House): Promise<void> {
  const userName = 'lee@example.test';
  const body = { displayName: 'Lee', email: userName, roles: ['owner'] };
  const { link } = read<{ link: string }>(await gateway.operator('POST', '/v1/people', body));
  const lee = await joinPerson(gateway.url, link);
  await gateway.enrol({ name: 'left-alone', owner: lee });
  const { token } = read<{ token: string }>(
    await gateway.operator('POST', '/v1/people/scim-tokens', { name: 'Directory' }),
  );
  const tell = async (method: string, path: string, told: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
    const reply = await fetch(`${gateway.url}/scim/v2${path}`, {
      method,
      headers,
      body: JSON.stringify(told),
    });
    if (!reply.ok) throw new Error(`the directory was refused: ${reply.status} ${await reply.text()}`);
  };
  await tell('POST', '/Users', { userName, active: true });
  await tell('PATCH', `/Users/${lee.id}`, {
    Operations: [{ op: 'Replace', path: 'active', value: 'False' }],
  });
  await call('list_invoices', { customer: 'C-2' });
}

async function review({ gateway }: House): Promise<void> {
  const ada = await gateway.invite('Ada L', ['owner']);
  const { agent } = await gateway.enrol({ name: 'reviewed-bot', owner: ada });
  const asked = { title: 'Autumn', scope: { ownerId: ada.id } };
  const { id } = read<{ id: string }>(await gateway.operator('POST', '/v1/reviews', asked));
  const { list } = read<{ list: readonly { id: string; agentId: string }[] }>(
    await gateway.operator('GET', `/v1/reviews/${id}`),
  );
  for (const item of list.filter(({ agentId }) => agentId === agent.agentId))
    await decide(gateway.administrator, item.id);
  requireSuccess(await gateway.operator('POST', `/v1/reviews/${id}/close`));
}

async function decide(person: TestPerson, item: string): Promise<void> {
  const path = `/v1/reviews/items/${item}`;
  const { digest } = read<{ digest: string }>(await person.request('GET', path));
  const body = { decision: 'revoke', digest };
  const { challenge } = read<{ challenge: string }>(await person.request('POST', `${path}/challenge`, body));
  const assertion = person.passkey.assert(challenge);
  requireSuccess(await person.request('POST', `${path}/decide`, { ...body, milliseconds: 8_000, assertion }));
}

async function revoke({ gateway, callWith }: House): Promise<void> {
  const { delegation, token }: EnrolledAgent = await gateway.enrol({ name: 'revoked-bot' });
  requireSuccess(await gateway.operator('POST', `/v1/delegations/${delegation}/revoke`, {}));
  await callWith(token, 'list_invoices', { customer: 'C-3' });
  const stop = { scope: 'tool', target: 'payments/delete_customer', reason: 'Looked at first' };
  requireSuccess(await gateway.operator('POST', '/v1/signals', stop));
}

async function changePolicy({ gateway }: House): Promise<void> {
  const { files } = read<{ files: readonly object[] }>(await gateway.operator('GET', '/v1/policies/active'));
  const text = '@id("nobody-at-night")\nforbid (principal, action, resource) when { false };';
  requireSuccess(
    await gateway.operator('POST', '/v1/policies', { files: [...files, { name: 'night.cedar', text }] }),
  );
}

async function erase({ gateway }: House): Promise<void> {
  const { task } = await gateway.enrol({ name: 'forgotten-bot', prompt: 'Write to a customer by name' });
  requireSuccess(await gateway.operator('POST', `/v1/tasks/${task}/end`, {}));
  const ask = (path: string, body: object) =>
    gateway.administrator.request('POST', `/v1/ledger/${path}`, body);
  const { digest } = read<{ digest: string }>(await ask('erasures/preview', { id: task }));
  const other = await gateway.invite('Erwin', ['auditor']);
  const asked = { id: task, digest, reason: 'Asked for by the person' };
  requireSuccess(await (await askToErase(gateway.administrator, other, asked))());
}

function requireSuccess(reply: HttpReply): HttpReply {
  if (reply.status >= 300) throw new Error(`refused: ${reply.status} ${reply.body}`);
  return reply;
}

function read<Answer>(reply: HttpReply): Answer {
  return requireSuccess(reply).json as Answer;
}
