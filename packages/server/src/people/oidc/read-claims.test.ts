import { describe, expect, it } from 'vitest';
import { peopleSchema } from '../../config/people.ts';
import { readClaims } from './read-claims.ts';

const settingsOf = (settings: object) => {
  const { oidc } = peopleSchema.parse({
    oidc: { issuer: 'https://issuer.example', clientId: 'countersign', ...settings },
  });
  if (oidc === undefined) throw new Error('no settings');
  return oidc;
};

const who = { sub: 'S', email: 'Ada@Example.test', email_verified: true, name: 'Ada' };

describe('claims', () => {
  it('of Keycloak give groups and the roles of its realm and of this client alone', () => {
    const claims = readClaims(
      {
        ...who,
        groups: ['/finance'],
        realm_access: { roles: ['approver-role', 'offline_access'] },
        resource_access: { countersign: { roles: ['ops'] }, account: { roles: ['manage-account'] } },
      },
      settingsOf({ preset: 'keycloak' }),
    );
    expect(claims).toMatchObject({
      subject: 'S',
      verifiedEmail: 'ada@example.test',
      groups: ['/finance', 'approver-role', 'offline_access', 'ops'],
    });
  });

  it('of Okta give groups, also a single one', () => {
    expect(readClaims({ ...who, groups: 'Everyone' }, settingsOf({ preset: 'okta' })).groups).toEqual([
      'Everyone',
    ]);
  });

  it('of Entra are bound to tenant and object, and believe an address only when its domain was verified', () => {
    const entra = { ...who, tid: 'T', oid: 'O', roles: ['Approver'], groups: ['8f1c'] };
    const settings = settingsOf({ preset: 'entra', tenants: ['T'] });
    expect(readClaims(entra, settings)).toMatchObject({
      subject: '["T","O"]',
      verifiedEmail: undefined,
      groups: ['Approver', '8f1c'],
    });
    expect(readClaims({ ...entra, xms_edov: true }, settings).verifiedEmail).toBe('ada@example.test');
    const code = 'person.oidc_unknown';
    expect(() => readClaims({ ...entra, tid: 'other' }, settings)).toThrow(expect.objectContaining({ code }));
  });

  it('that leave groups out for their number say those that are there', () => {
    const settings = settingsOf({ preset: 'entra' });
    const entra = { ...who, tid: 'T', oid: 'O', roles: ['Approver'] };
    const some = { groups: ['Approver'], areGroupsWhole: false };
    const elsewhere = {
      _claim_names: { groups: 'src1' },
      _claim_sources: { src1: { endpoint: 'https://x' } },
    };
    expect(readClaims({ ...entra, ...elsewhere }, settings)).toMatchObject(some);
    expect(readClaims({ ...entra, hasgroups: true }, settings)).toMatchObject(some);
    expect(readClaims(entra, settings)).toMatchObject({ groups: ['Approver'], areGroupsWhole: true });
    const many = Array.from({ length: 1_001 }, (_, n) => `g${n}`);
    const read = readClaims({ ...who, groups: many }, settingsOf({}));
    expect([read.groups.length, read.areGroupsWhole]).toEqual([1_000, false]);
  });

  it('that name none give none', () => {
    expect(readClaims(who, settingsOf({})).groups).toEqual([]);
  });

  it('may stand elsewhere', () => {
    const claims = {
      groups: [['app', 'teams']],
      email: ['mail'],
      emailVerified: ['mail_ok'],
      subject: [['uid']],
    };
    const read = readClaims(
      { sub: 'S', uid: 'U', mail: 'b@example.test', mail_ok: 'true', app: { teams: ['x'] } },
      settingsOf({ claims }),
    );
    expect(read).toMatchObject({ subject: 'U', verifiedEmail: 'b@example.test', groups: ['x'] });
  });

  it.each([
    ['no subject', { sub: undefined }],
    ['a subject that is none', { sub: 7 }],
    ['a subject without end', { sub: 'x'.repeat(300) }],
    ['groups that are no words', { groups: [{ toString: 'admin' }] }],
  ])('are refused with %s', (_what, wrong) => {
    const code = 'person.oidc_refused';
    expect(() => readClaims({ ...who, ...wrong }, settingsOf({}))).toThrow(expect.objectContaining({ code }));
  });

  it('reach no further than the object itself', () => {
    const claims = {
      groups: [
        ['__proto__', 'groups'],
        ['constructor', 'name'],
      ],
      name: ['toString'],
    };
    expect(readClaims(who, settingsOf({ claims }))).toMatchObject({ groups: [], name: undefined });
  });
});

describe('settings', () => {
  it.each([
    { clientSecret: 'in-the-file' },
    { clientSecret: '{secret:a}', clientSecretFile: '/x' },
    { issuer: 'https://login.microsoftonline.com/common/v2.0' },
    { issuer: 'javascript:alert(1)' },
    { join: 'everybody' },
  ])('are refused: %j', (wrong) => {
    expect(() => settingsOf(wrong)).toThrow();
  });
});
