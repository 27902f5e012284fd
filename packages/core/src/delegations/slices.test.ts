import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { growSlice, type Slice, shrinkSlice } from './slices.ts';

const gateways = 4;
const gateway = fc.integer({ min: 0, max: gateways - 1 });
const amount = fc.integer({ min: 0, max: 9 });
const step = fc.oneof(
  fc.record({ kind: fc.constant('spend' as const), gateway, amount }),
  fc.record({ kind: fc.constant('unspend' as const), gateway, amount }),
  fc.record({ kind: fc.constant('ask' as const), gateway, amount: fc.constant(0) }),
  fc.record({ kind: fc.constant('die' as const), gateway, amount: fc.constant(0) }),
  // What is written comes to the database later, in its own order.
  fc.record({ kind: fc.constant('write' as const), gateway, amount: fc.constant(0) }),
);

/** A database and what gateways remember of it; a gateway that dies loses what it remembers, and what it had not written. */
class Model {
  readonly limit: number;
  spent = 0;
  readonly rows = new Map<number, Slice>();
  readonly memory = new Map<number, Slice>();
  readonly #unwritten = new Map<number, number>();
  /** What was let out, for which a write was made before. */
  letOut = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  of(map: Map<number, Slice>, at: number): Slice {
    return map.get(at) ?? { granted: 0, used: 0 };
  }

  spend(at: number, amount: number): void {
    const grown = this.#grow(at, amount);
    const { granted, used } = grown;
    if (granted - used < amount) return;
    this.memory.set(at, { granted, used: used + amount });
    this.#unwritten.set(at, (this.#unwritten.get(at) ?? 0) + amount);
  }

  unspend(at: number, amount: number): void {
    const { granted, used } = this.of(this.memory, at);
    const back = Math.min(amount, used);
    this.memory.set(at, { granted, used: used - back });
    this.#unwritten.set(at, (this.#unwritten.get(at) ?? 0) - back);
  }

  ask(at: number): void {
    const held = this.of(this.memory, at);
    const granted = shrinkSlice(held);
    this.memory.set(at, { ...held, granted });
    // In the order of the gateway's own writes.
    this.write(at);
    this.rows.set(at, { ...this.of(this.rows, at), granted });
  }

  write(at: number): void {
    const change = this.#unwritten.get(at) ?? 0;
    const row = this.of(this.rows, at);
    this.rows.set(at, { ...row, used: row.used + change });
    this.#unwritten.set(at, 0);
    this.letOut += change;
  }

  die(at: number): void {
    this.spent += this.of(this.rows, at).used;
    for (const map of [this.rows, this.memory]) map.delete(at);
    this.#unwritten.delete(at);
  }

  #grow(at: number, amount: number): Slice {
    const held = this.of(this.memory, at);
    if (held.granted - held.used >= amount) return held;
    this.write(at);
    const elsewhere = [...this.rows].reduce((sum, [other, row]) => sum + (other === at ? 0 : row.granted), 0);
    const budget = { limit: this.limit, spent: this.spent, elsewhere };
    const granted = growSlice(budget, held, { least: amount, wanted: amount });
    this.rows.set(at, { ...this.of(this.rows, at), granted });
    this.memory.set(at, { ...held, granted });
    return { ...held, granted };
  }

  get committed(): number {
    return [...this.rows.values()].reduce((sum, { granted }) => sum + granted, this.spent);
  }

  get used(): number {
    return [...this.rows.values()].reduce((sum, { used }) => sum + used, this.spent);
  }
}

describe('slices of one budget', () => {
  it('are never more than there is, whatever gateways do and however they end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.array(step, { maxLength: 200 }), (limit, steps) => {
        const model = new Model(limit);
        for (const { kind, gateway: at, amount: much } of steps) {
          model[kind](at, much);
          expect(model.committed).toBeLessThanOrEqual(limit);
          for (const { granted, used } of [...model.rows.values(), ...model.memory.values()])
            expect(used).toBeLessThanOrEqual(granted);
        }
        for (let at = 0; at < gateways; at += 1) model.write(at);
        expect(model.used).toBe(model.letOut);
        expect(model.used).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 500 },
    );
  });

  it('come together again where they are asked for: what is left can be spent to the last unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.array(step, { maxLength: 100 }), (limit, steps) => {
        const model = new Model(limit);
        for (const { kind, gateway: at, amount: much } of steps) model[kind](at, much);
        for (let at = 0; at < gateways; at += 1) model.ask(at);
        const left = limit - model.committed;
        model.spend(0, left);
        model.write(0);
        expect(model.used).toBe(limit);
      }),
    );
  });

  it('shrink with what is left, and stay where not enough is there', () => {
    const slice = { granted: 0, used: 0 };
    const need = { least: 1, wanted: 1 };
    expect(growSlice({ limit: 100, spent: 0, elsewhere: 0 }, slice, need)).toBe(50);
    expect(growSlice({ limit: 100, spent: 0, elsewhere: 50 }, slice, need)).toBe(25);
    expect(growSlice({ limit: 100, spent: 98, elsewhere: 1 }, slice, need)).toBe(1);
    expect(growSlice({ limit: 100, spent: 95, elsewhere: 0 }, slice, { least: 6, wanted: 6 })).toBe(0);
    expect(growSlice({ limit: 100, spent: 0, elsewhere: 0 }, slice, { least: 1, wanted: 1000 })).toBe(100);
  });
});
