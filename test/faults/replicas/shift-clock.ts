// Loaded before the program (`--import`): its clock is off by `SHIFT_CLOCK_MILLISECONDS`, in every thread.
const off = Number(process.env.SHIFT_CLOCK_MILLISECONDS ?? 0);
const now = Date.now;
const shifted = (): number => now() + off;

class ShiftedDate extends Date {
  static override now(): number {
    return shifted();
  }

  constructor(...given: readonly unknown[]) {
    super(...((given.length === 0 ? [shifted()] : given) as [number]));
  }
}
globalThis.Date = ShiftedDate as DateConstructor;
