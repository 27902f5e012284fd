import { toAppError } from '@countersign/api';
import type { PlatformIssuer } from '@countersign/testkit';
import type { JWTPayload } from 'jose';
import { expect, it } from 'vitest';
import type { WorkloadAttestor } from './workload-attestor.ts';

export interface WorkloadAttestorSubject {
  readonly issuer: PlatformIssuer;
  readonly attestor: WorkloadAttestor;
  readonly audience: string;
  /** Epoch milliseconds of the clock that the attestor reads. */
  now(): number;
  /** Claims that this platform would make for a workload. */
  readonly claims: JWTPayload;
  readonly subject: string;
  readonly facts: Readonly<Record<string, string>>;
}

const minute = 60;

/** What every attestor must do, whatever its platform says besides. */
export function testWorkloadAttestor(open: () => Promise<WorkloadAttestorSubject>): void {
  const sign = (house: WorkloadAttestorSubject, changes: object = {}, header = {}): Promise<string> => {
    const iat = Math.floor(house.now() / 1000);
    const base = { ...house.claims, aud: house.audience, iat, exp: iat + 5 * minute };
    return house.issuer.sign({ ...base, ...changes }, header);
  };
  const codeOf = async (attempt: Promise<unknown>): Promise<string> => {
    try {
      await attempt;
      return 'attested';
    } catch (thrown) {
      return toAppError(thrown).code;
    }
  };
  const invalid = 'token.client_assertion_invalid';

  it('says who the workload is, and what else the platform says of it', async () => {
    const house = await open();
    const attested = await house.attestor.attest(await sign(house));
    expect(attested.subject).toBe(house.subject);
    expect(attested.facts).toMatchObject(house.facts);
    expect(attested.expiresAt).toBe((Math.floor(house.now() / 1000) + 5 * minute) * 1000);
    expect(house.attestor.recognises({ issuer: house.claims.iss, subject: house.subject })).toBe(true);
    expect(house.attestor.recognises({ issuer: 'https://other.example', subject: 'spiffe://other/x' })).toBe(
      false,
    );
    expect(house.attestor.recognises({ issuer: undefined, subject: undefined })).toBe(false);
  });

  it('refuses what is for another audience, or for one more', async () => {
    const house = await open();
    for (const aud of ['https://other.example', [house.audience, 'https://other.example'], [], undefined]) {
      expect(await codeOf(house.attestor.attest(await sign(house, { aud })))).toBe(invalid);
    }
  });

  it('refuses what is over, not yet, endless or for longer than it may be', async () => {
    const house = await open();
    const now = Math.floor(house.now() / 1000);
    for (const changes of [
      { exp: now - minute },
      { exp: undefined },
      { nbf: now + 10 * minute },
      { iat: now + 10 * minute, exp: now + 15 * minute },
      { exp: now + 400 * 24 * 60 * minute },
    ]) {
      expect(await codeOf(house.attestor.attest(await sign(house, changes)))).toBe(invalid);
    }
  });

  it('refuses what another key signed, another algorithm, another type and no JWT', async () => {
    const house = await open();
    const token = await sign(house);
    const [header = '', payload = '', signature = ''] = token.split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
    const forged = Buffer.from(JSON.stringify({ ...house.claims, sub: 'other' })).toString('base64url');
    for (const bad of [
      `${none}.${payload}.`,
      `${header}.${forged}.${signature}`,
      `${header}.${payload}.${'A'.repeat(signature.length)}`,
      await sign(house, {}, { typ: 'dpop+jwt' }),
      await sign(house, {}, { kid: 'unknown' }),
      'no-jwt',
      '',
    ]) {
      expect(await codeOf(house.attestor.attest(bad))).toBe(invalid);
    }
  });

  it('goes on when the platform changes its keys, and asks it no more often than that takes', async () => {
    const house = await open();
    await house.attestor.attest(await sign(house));
    const asked = house.issuer.asked();
    for (let n = 0; n < 5; n += 1) await house.attestor.attest(await sign(house));
    expect(house.issuer.asked()).toBe(asked);
    for (let n = 0; n < 5; n += 1) {
      await codeOf(house.attestor.attest(await sign(house, {}, { kid: `flood-${n}` })));
    }
    expect(house.issuer.asked()).toBeLessThanOrEqual(asked + 1);
  });
}
