import { generateKeyPairSync } from 'node:crypto';
import { createManualClock } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addAgentKey, findAgentByKey, getAgent, resumeAgent } from '../../../agents/index.ts';
import { openTestStore, type TestStore } from '../../../plugins/database/open-test-store.ts';
import { openTestHouse, type TestHouse } from '../../open-test-house.ts';
import { openTestDirectory, type TestDirectory } from '../open-test-directory.ts';

const clock = createManualClock();
let test: TestStore;
let house: TestHouse;
let directory: TestDirectory;

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
  directory = await openTestDirectory(house, { agents: true });
});

afterEach(async () => {
  await house.close();
  await test.remove();
});

describe('an agent of a directory', () => {
  it('is registered with its owner, may do nothing yet, is suspended and retired', async () => {
    const owner = await directory.addUser('ana');
    const said = {
      name: 'invoice-helper',
      displayName: 'Pays invoices',
      owners: [{ value: owner }],
      active: true,
    };
    const made = await directory.send('POST', '/Agents', said);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ name: 'invoice-helper', active: false, owners: [{ value: owner }] });
    const id = String(made.body.id);
    const resumed = resumeAgent(house.context, { kind: 'operator' }, { agentId: id });
    await expect(resumed).rejects.toMatchObject({ code: 'agent.key_invalid' });
    const suspended = await directory.send('PATCH', `/Agents/${id}`, {
      Operations: [{ op: 'Replace', path: 'active', value: 'False' }],
    });
    expect(suspended.body).toMatchObject({ active: false });
    const found = await directory.send('GET', '/Agents?filter=name eq "invoice-helper"');
    expect(found.body).toMatchObject({ totalResults: 1 });
    expect((await directory.send('DELETE', `/Agents/${id}`)).status).toBe(204);
    expect((await directory.send('DELETE', `/Agents/${id}`)).status).toBe(404);
    expect(await house.kinds()).toContain('agent.registered');
  });

  it('is given a key, may still do nothing by it, and is activated', async () => {
    const operator = { kind: 'operator' } as const;
    const ana = await directory.addUser('ana');
    const made = await directory.send('POST', '/Agents', { name: 'helper', owners: [{ value: ana }] });
    const agentId = String(made.body.id);
    const jwk = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
    const [key] = await addAgentKey(house.context, operator, { agentId, jwk });
    expect(await findAgentByKey(house.context, key?.thumbprint ?? '')).toMatchObject({ state: 'registered' });
    // Somebody must answer for it first.
    const early = resumeAgent(house.context, operator, { agentId });
    await expect(early).rejects.toMatchObject({ code: 'person.not_found' });
    await test.store.sql.updateTable('people').set({ state: 'active' }).execute();
    await resumeAgent(house.context, operator, { agentId });
    expect(await getAgent(house.context, operator, agentId)).toMatchObject({ state: 'active' });
  });

  it('is not given to others, renamed, resumed or taken from another directory', async () => {
    const [ana, bo] = [await directory.addUser('ana'), await directory.addUser('bo')];
    const made = await directory.send('POST', '/Agents', { name: 'helper', owners: [{ value: ana }] });
    const id = String(made.body.id);
    const given = await directory.send('PUT', `/Agents/${id}`, { name: 'helper', owners: [{ value: bo }] });
    expect(given.body).toMatchObject({ scimType: 'mutability' });
    await directory.send('PUT', `/Agents/${id}`, { name: 'helper', active: false });
    const back = await directory.send('PUT', `/Agents/${id}`, { name: 'helper', active: true });
    expect(back.body).toMatchObject({ active: false });
    const other = await openTestDirectory(house, { directory: 'other', agents: true });
    expect((await other.send('DELETE', `/Agents/${id}`)).status).toBe(404);
    const stolen = await other.send('POST', '/Agents', { name: 'mine', owners: [{ value: ana }] });
    expect(stolen.status).toBe(400);
    expect(
      (await directory.send('POST', '/Agents', { name: 'helper', owners: [{ value: bo }] })).status,
    ).toBe(409);
  });
});
