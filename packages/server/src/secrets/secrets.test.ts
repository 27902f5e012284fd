import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock, type ManualClock } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ZodError } from 'zod';
import type { Actor } from '../people/index.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { endOverlaps, listSecrets, removeSecret, rotateSecret, storeSecret, trustRestored } from './index.ts';
import { openTestSecrets, type TestSecrets } from './open-test-secrets.ts';

const operator: Actor = { kind: 'operator' };
const auditor: Actor = {
  kind: 'person',
  person: 'per_1',
  roles: ['auditor'],
  session: 'ses_1',
  verifiedAt: 0,
  isFresh: true,
};
const code = (name: string) => expect.objectContaining({ code: name });
let held: TestStore;
let clock: ManualClock;
let folder: string;
let house: TestSecrets;

const open = () => openTestSecrets({ store: held.store, now: clock.now, folder });

beforeEach(async () => {
  held = await openTestStore();
  clock = createManualClock(Date.UTC(2026, 5, 1));
  folder = mkdtempSync(join(tmpdir(), 'countersign-secrets-'));
  house = await open();
});
afterEach(() => held.remove());

describe('rotating a secret', () => {
  it('keeps both values for the overlap, ends it, and records each', async () => {
    const { context, records } = house;
    await storeSecret(context, operator, { name: 'key', value: 'first-value' });
    clock.advance(1_000);
    const rotated = await rotateSecret(context, operator, { name: 'key', value: 'second-value' });
    expect(rotated).toMatchObject({ previousUntil: clock.now() + 600_000, since: clock.now() });
    expect((await context.secrets.get('key')).previous?.value).toBe('first-value');
    await endOverlaps(context);
    clock.advance(600_000);
    await endOverlaps(context);
    expect(await context.secrets.get('key')).not.toHaveProperty('previous');
    expect(readFileSync(join(folder, 'secrets.json'), 'utf8')).not.toContain('previous');
    expect(records.map(({ kind }) => kind)).toEqual([
      'secret.stored',
      'secret.rotated',
      'secret.overlap_ended',
    ]);
    expect(records[1]?.body).toMatchObject({ by: 'operator', name: 'key', version: rotated.version });
    expect(JSON.stringify(records)).not.toMatch(/first-value|second-value/);
  });

  it('ends at once without an overlap', async () => {
    const { context } = house;
    await storeSecret(context, operator, { name: 'key', value: 'first-value' });
    await rotateSecret(context, operator, { name: 'key', value: 'second-value', overlapSeconds: 0 });
    expect(await context.secrets.get('key')).not.toHaveProperty('previous');
  });

  it('is for those who may, and of what is there', async () => {
    const { context, records } = house;
    const input = { name: 'key', value: 'second-value' };
    await expect(rotateSecret(context, auditor, input)).rejects.toThrow(code('person.forbidden'));
    await expect(trustRestored(context, auditor)).rejects.toThrow(code('person.forbidden'));
    await expect(rotateSecret(context, operator, input)).rejects.toThrow(code('secret.not_found'));
    for (const overlapSeconds of [-1, 86_401, 1.5, '600'])
      await expect(rotateSecret(context, operator, { ...input, overlapSeconds })).rejects.toThrow(ZodError);
    expect(records).toEqual([]);
  });

  it.each(['../key', 'key#field', 'absent:key', 'connection-con-1'])('refuses the name %j', async (name) => {
    const refused = expect.objectContaining({ code: expect.stringMatching(/^secret\.(invalid|not_found)$/) });
    const input = { name, value: 'some-value' };
    await expect(rotateSecret(house.context, operator, input)).rejects.toThrow(refused);
    await expect(storeSecret(house.context, operator, input)).rejects.toThrow(refused);
    await expect(removeSecret(house.context, operator, { name })).rejects.toThrow(refused);
    expect(house.records).toEqual([]);
  });
});

describe('a secret in use', () => {
  it('is told with all that use it, the server itself too', async () => {
    const config = { ...house.context.config, ledger: { sinks: [{ token: '{secret:siem#token}' }] } };
    const context = { ...house.context, config } as unknown as typeof house.context;
    for (const name of ['siem', 'siem-old'])
      await storeSecret(context, operator, { name, value: 'a-long-value' });
    const { items } = await listSecrets(context, operator, {});
    expect(items.map(({ name, usedBy }) => [name, usedBy])).toEqual([
      ['siem', ['configuration']],
      ['siem-old', []],
    ]);
  });
});

describe('a secrets file that was put back', () => {
  it('is found out after a restart, logged, and trusted only by a person, on record', async () => {
    const path = join(folder, 'secrets.json');
    await storeSecret(house.context, operator, { name: 'key', value: 'a-stolen-value' });
    const older = readFileSync(path, 'utf8');
    await storeSecret(house.context, operator, { name: 'key', value: 'a-renewed-value' });
    await house.context.secrets.close();
    writeFileSync(path, older);
    const again = await open();
    await expect(again.context.secrets.get('key')).rejects.toThrow(code('secret.store_rolled_back'));
    await expect(storeSecret(again.context, operator, { name: 'key', value: 'other-value' })).rejects.toThrow(
      code('secret.store_rolled_back'),
    );
    await expect(listSecrets(again.context, operator, {})).rejects.toThrow(code('secret.store_rolled_back'));
    await endOverlaps(again.context);
    expect(again.warned.join()).toContain('secret.store_rolled_back');
    await trustRestored(again.context, operator);
    expect((await again.context.secrets.get('key')).value).toBe('a-stolen-value');
    expect(again.records.map(({ kind }) => kind)).toEqual(['secret.restore_trusted']);
  });

  it('is found out however the last change was made', async () => {
    const path = join(folder, 'secrets.json');
    await storeSecret(house.context, operator, { name: 'key', value: 'a-stolen-value' });
    const older = readFileSync(path, 'utf8');
    // Inside a transaction, as a verb of another noun may do it, and rolled back: the file is not.
    const failing = held.store.transaction(async () => {
      await house.context.secrets.set('key', 'a-renewed-value');
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    await house.context.secrets.close();
    writeFileSync(path, older);
    await expect((await open()).context.secrets.get('key')).rejects.toThrow(code('secret.store_rolled_back'));
  });
});
