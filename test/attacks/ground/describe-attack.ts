import type { HttpReply, Upstream } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from './read-refusal.ts';
import type { HereSide, NaiveSide, Side } from './side.ts';
import { type GroundOptions, useGround } from './use-ground.ts';

type Attack<S, V> = (side: S, variant: V) => Promise<HttpReply>;

export interface AttackDescription<V, U extends Upstream> extends GroundOptions<U> {
  readonly id: string;
  /** The same attack in several spellings. */
  readonly variants?: { readonly [name: string]: V };
  /** Makes the attack; its reply is the one that shows whether it worked. */
  readonly attack:
    | Attack<Side<U>, V>
    | { readonly naive: Attack<NaiveSide<U>, V>; readonly here: Attack<HereSide<U>, V> };
  /** What the attacker holds besides what every agent holds, got honestly or stolen. */
  readonly prepare?: (here: HereSide<U>) => Promise<Partial<HereSide<U>>>;
  /** Whether it worked; by default the caller has a result. */
  readonly works?: (reply: HttpReply) => boolean;
  /** The code that refuses it here, or one for each variant. */
  readonly refusal: string | { readonly [variant: string]: string };
  /** How many calls reach the naive gateway's upstream because of the attack; one unless said. */
  readonly reaches?: number;
  /** How many calls of the attack reach the upstream here, being honest or going out before it shows its face. */
  readonly reachesHere?: number;
  /** The kind of the record that tells of the refusal; null where no agent could be told apart. */
  readonly record?: string | null;
}

/** Runs one attack on both gateways: it works there, and here it ends in its typed refusal with nothing forwarded. */
export function describeAttack<V = undefined, U extends Upstream = Upstream>(
  description: AttackDescription<V, U>,
): void {
  const { id, attack, works = isResult, refusal, reaches = 1, reachesHere = 0 } = description;
  const { record = 'action.refused' } = description;
  const variants = Object.entries(description.variants ?? { 'as described': undefined as V });
  const attackNaive = typeof attack === 'function' ? attack : attack.naive;
  const attackHere = typeof attack === 'function' ? attack : attack.here;

  describe(id, () => {
    const ground = useGround<U>(description);

    it.each(variants)('succeeds against a naive gateway: %s', async (_name, variant) => {
      const { naive } = ground();
      const before = naive.forwarded();
      const reply = await attackNaive(naive, variant);
      expect(works(reply), `${reply.status} ${reply.body.slice(0, 2000)}`).toBe(true);
      expect(naive.forwarded() - before).toBe(reaches);
    });

    it.each(variants)('fails here: %s', async (name, variant) => {
      const { here } = ground();
      const armed = { ...here, ...(await description.prepare?.(here)) };
      const before = here.forwarded();
      const recorded = record === null ? 0 : await countRecords(armed, record);
      const reply = await attackHere(armed, variant);
      const expected = typeof refusal === 'string' ? refusal : refusal[name];
      expect(readRefusal(reply), `${reply.status} ${reply.body.slice(0, 2000)}`).toBe(expected);
      expect(works(reply)).toBe(false);
      expect(here.forwarded() - before).toBe(reachesHere);
      // Refusals of the token endpoint are counted and written once a second.
      const count = () => (record === null ? Promise.resolve(1) : countRecords(armed, record));
      await expect.poll(count, { timeout: 4_000 }).toBeGreaterThan(recorded);
    });
  });
}

async function countRecords({ gateway, agent }: HereSide, kind: string): Promise<number> {
  return (await gateway.records({ kind, agent: agent.agentId })).length;
}
