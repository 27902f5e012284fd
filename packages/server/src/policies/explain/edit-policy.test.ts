import { describe, expect, it } from 'vitest';
import { decideWith, makeBundle, makeRequest, makeTool } from '../create-test-policies.ts';
import { describeRequest } from '../decide/describe-request.ts';
import { writePolicy } from './cedar-text.ts';
import {
  applyEdits,
  dropFromPermit,
  exceptFrom,
  moveForbid,
  type PolicyEdit,
  widenPermit,
} from './edit-policy.ts';

const pay = makeTool('shop/pay', {
  effects: ['write', 'spend'],
  properties: { amount: { type: 'integer' }, currency: { type: 'string' }, path: { type: 'string' } },
  required: ['amount', 'currency', 'path'],
});
const request = makeRequest(pay, { amount: 700, currency: 'USD', path: '/a/b' });
const PAY = 'principal, action == Countersign::Action::"shop/pay", resource';

async function edit(
  text: string,
  change: (...given: Parameters<typeof widenPermit>) => PolicyEdit | undefined,
) {
  const bundle = await makeBundle(text, [pay]);
  const told = describeRequest(request);
  const [policy] = bundle.policies;
  if (told === undefined || policy === undefined) throw new Error('nothing to edit');
  const edited = change(policy, told);
  if (edited === undefined) return undefined;
  const [file] = applyEdits([policy.source.file], [edited]);
  const changed = await makeBundle(file?.text ?? '', [pay]);
  const { effect } = decideWith(changed, request);
  return { text: writePolicy(edited.json).replace(/\s+/g, ' '), file: file?.text ?? '', effect };
}

describe('widenPermit', () => {
  it.each([
    ['context.args.amount <= 500', 'context.args.amount <= 700'],
    ['context.args.amount < 500', 'context.args.amount < 701'],
    ['800 <= context.args.amount', '700 <= context.args.amount'],
    ['context.args.currency == "EUR"', 'context.args.currency == "USD"'],
    ['["EUR"].contains(context.args.currency)', '["EUR", "USD"].contains(context.args.currency)'],
    ['context.args.path like "/c/*"', 'context.args.path == "/a/b"'],
    ['principal in Countersign::Group::"payers"', 'principal == Countersign::Agent::"agt_'],
    ['!(context.args.amount > 500)', 'context.args.amount > 700'],
  ])('makes room in %s for the call and no more', async (condition, wanted) => {
    const edited = await edit(`permit (${PAY}) when { context.confirmed && ${condition} };`, widenPermit);
    expect(edited?.effect).toBe('allow');
    expect(edited?.text).toContain(wanted);
    expect(edited?.text).toContain('context.confirmed');
  });

  it('changes all that failed, and an unless too', async () => {
    const text = `permit (${PAY}) when { context.args.amount <= 500 } when { context.args.currency == "EUR" }
unless { context.args.amount > 600 };`;
    expect((await edit(text, widenPermit))?.effect).toBe('allow');
  });

  it('does not bend what has no bound', async () => {
    expect(await edit(`permit (${PAY}) when { !context.confirmed };`, widenPermit)).toBeUndefined();
    expect(
      await edit(`permit (${PAY}) when { context has spend && context.spend.minor > 0 };`, widenPermit),
    ).toBeUndefined();
  });
});

it('leaves out what failed, and keeps what stands around the policy', async () => {
  const text = `// kept\npermit (${PAY}) when { context.confirmed && context.args.amount <= 500 }; // kept, too`;
  const edited = await edit(text, dropFromPermit);
  expect(edited?.effect).toBe('allow');
  expect(edited?.text).not.toContain('500');
  expect(edited?.file).toMatch(/^\/\/ kept\n[\s\S]*\/\/ kept, too$/);
});

describe('a forbid', () => {
  const all = '\npermit (principal, action, resource);';

  it('is moved just past the call', async () => {
    const edited = await edit(`forbid (${PAY}) when { context.args.amount > 500 };${all}`, moveForbid);
    expect(edited).toMatchObject({ effect: 'allow', text: expect.stringContaining('> 700') });
    const kept = await edit(`forbid (${PAY}) unless { context.args.amount < 500 };${all}`, moveForbid);
    expect(kept).toMatchObject({ effect: 'allow', text: expect.stringContaining('< 701') });
    expect(await edit(`forbid (${PAY}) when { context.confirmed };${all}`, moveForbid)).toBeUndefined();
  });

  it('excepts the agent and the action, before anything in it can err', async () => {
    const erring = 'context.args.amount * 9007199254740991 * 9007199254740991 > 0';
    const edited = await edit(`forbid (${PAY}) when { ${erring} };${all}`, exceptFrom);
    expect(edited?.effect).toBe('allow');
  });
});
