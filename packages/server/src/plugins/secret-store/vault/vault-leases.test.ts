import { createManualClock } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { createVaultLeases } from './vault-leases.ts';

const seconds = 100;
/** Vault's side without a network, so that what runs beside a call has ended at the next turn. */
function open(renewedFor: readonly number[]) {
  const clock = createManualClock();
  const asked: string[] = [];
  const left = [...renewedFor];
  let made = 0;
  const vault = {
    async call(_method: string, path: string, body?: unknown) {
      asked.push(path);
      if (path === 'sys/leases/revoke') return { status: 204, body: null };
      if (path === 'sys/leases/renew') {
        const { lease_id } = body as { lease_id: string };
        const lease_duration = left.shift();
        if (lease_duration === undefined) throw new Error('no more renewals');
        return { status: 200, body: { lease_id, lease_duration, renewable: true } };
      }
      made++;
      const data = { password: `password-${made}` };
      const lease = { lease_id: `${path}/${made}`, lease_duration: seconds, renewable: true, data };
      return { status: 200, body: lease };
    },
  };
  const leases = createVaultLeases({ name: 'vault', vault, now: clock.now });
  const use = async (): Promise<unknown> => {
    const { values } = await leases.get('database/creds/a');
    await new Promise((resolve) => setImmediate(resolve));
    return values.get('password');
  };
  return {
    clock,
    asked,
    leases,
    use,
    renewals: () => asked.filter((path) => path.endsWith('/renew')).length,
  };
}

describe('createVaultLeases', () => {
  it('renews beside the call from half the time on, and only while it is used', async () => {
    const { clock, use, renewals } = open([seconds, seconds]);
    expect(await use()).toBe('password-1');
    clock.advance(49_000);
    await use();
    expect(renewals()).toBe(0);
    clock.advance(1_000);
    expect(await use()).toBe('password-1');
    expect(renewals()).toBe(1);
    clock.advance(51_000);
    expect(await use()).toBe('password-1');
    expect(renewals()).toBe(2);
  });

  it('takes a new one when the longest life is near', async () => {
    const { clock, use } = open([30]);
    await use();
    clock.advance(50_000);
    expect(await use()).toBe('password-1');
    clock.advance(15_000);
    expect(await use()).toBe('password-1');
    expect(await use()).toBe('password-2');
  });

  it('takes a new one when it could not be renewed, and asks no more often than every ten seconds', async () => {
    const { clock, asked, use } = open([]);
    await use();
    clock.advance(50_000);
    for (let i = 0; i < 5; i++) expect(await use()).toBe('password-1');
    expect(asked).toEqual(['database/creds/a', 'sys/leases/renew']);
    clock.advance(10_000);
    await use();
    expect(await use()).toBe('password-2');
  });

  it('gives none after its end, also after a clock that was set back', async () => {
    const { clock, use } = open([]);
    await use();
    clock.advance(90_000);
    expect(await use()).toBe('password-2');
    clock.advance(-1);
    expect(await use()).toBe('password-3');
  });

  it('gives back what it holds and what it has replaced', async () => {
    const { clock, asked, leases, use } = open([]);
    await use();
    clock.advance(60_000);
    await use();
    clock.advance(10_000);
    await use();
    await leases.close();
    expect(asked.filter((path) => path.endsWith('/revoke'))).toHaveLength(2);
  });
});
