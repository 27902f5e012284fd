import { randomUUID } from 'node:crypto';
import { type Agent, Gate, type GateOptions } from '@countersign/sdk';
import { describe, expect, it, vi } from 'vitest';
import { useHooks } from '../scenarios/ground/use-hooks.ts';
import { requireDone } from '../scenarios/ground/use-scene.ts';

/** What a scripted model asks for, one call a turn; then it ends. */
export interface ScriptedCall {
  readonly id: string;
  readonly tool: 'Read' | 'Bash' | 'WebFetch';
  readonly arguments: Readonly<Record<string, string>>;
}

export interface Played {
  /** What the model read of each call. */
  readonly answers: readonly string[];
}

/**
 * One framework with a model that follows a script. Its three tools call `execute`, whose result is what they return; the
 * adapter is put in as the framework's users do.
 */
export type Play = (
  gate: Gate,
  script: readonly ScriptedCall[],
  execute: (tool: string, given: unknown) => string,
) => Promise<Played>;

/** The same promises for every framework; `name` begins with the id of the promise. */
export function describeGate(name: string, play: Play, { reports = true } = {}): void {
  const scene = useHooks();
  const bash = (command: string): ScriptedCall => ({
    id: randomUUID(),
    tool: 'Bash',
    arguments: { command },
  });
  const fetching = (url: string): ScriptedCall => ({
    id: randomUUID(),
    tool: 'WebFetch',
    arguments: { url },
  });
  const openGate = (changes: Partial<GateOptions> = {}, agent: Agent = scene().agent) =>
    Gate.open(agent, { upstream: 'desk', purpose: 'Tests', prompt: 'Tidy the desk', ...changes });
  const playCounted = async (gate: Gate, ...script: readonly ScriptedCall[]) => {
    const executed: string[] = [];
    const { answers } = await play(gate, script, (tool, given) => {
      executed.push(`${tool} ${Object.values(given as object).join(' ')}`);
      return 'it is done';
    });
    return { answers, executed };
  };

  describe(name, () => {
    it('runs what is allowed, once, and reports what came of it', async () => {
      await using gate = await openGate();
      const { executed, answers } = await playCounted(gate, bash('ls'), { ...bash('pwd') });
      expect(executed).toEqual(['Bash ls', 'Bash pwd']);
      expect(answers[0]).toContain('it is done');
      const reported = await scene().gateway.records({ task: gate.task.id, kind: 'action.reported' });
      expect(reported.length).toBe(reports ? 2 : 0);
      for (const { body } of reported) expect(JSON.stringify(body)).toContain('it is done');
    });

    it('never runs what is denied, and tells the model why', async () => {
      await using gate = await openGate();
      const { executed, answers } = await playCounted(gate, bash('rm -rf /'), bash('ls'));
      expect(executed).toEqual(['Bash ls']);
      expect(answers[0]).toContain('REFUSED action.denied');
    });

    it('denies what must not follow what was read', async () => {
      await using gate = await openGate();
      const reading = { id: randomUUID(), tool: 'Read', arguments: { file_path: 'mail.txt' } } as const;
      const script = [bash('publish a'), reading, bash('publish b')];
      const { executed, answers } = await playCounted(gate, ...script);
      expect(executed).toEqual(['Bash publish a', 'Read mail.txt']);
      expect(answers[2]).toContain('REFUSED action.denied');
    });

    it('waits for a person, and then runs exactly that call once', async () => {
      await using gate = await openGate({ waitSeconds: 30 });
      const { gateway } = scene();
      const playing = playCounted(gate, fetching('https://once.example/'));
      const approval = await vi.waitFor(async () => {
        const [request] = await gateway.records({ task: gate.task.id, kind: 'approval.requested' });
        expect(request).toBeDefined();
        return String(request?.approval);
      }, 10_000);
      requireDone(await gateway.administrator.decide(approval, 'approve'));
      expect((await playing).executed).toEqual(['WebFetch https://once.example/']);
    });

    it('does not run what nobody has approved in time', async () => {
      await using gate = await openGate({ waitSeconds: 0 });
      const { executed, answers } = await playCounted(gate, fetching('https://late.example/'));
      expect(executed).toEqual([]);
      expect(answers[0]).toContain('PENDING apr_');
    });

    it('runs nothing when the gateway cannot be reached', async () => {
      let isDown = false;
      const agent = await scene().createAgent((input, init) =>
        isDown ? Promise.reject(new TypeError('fetch failed')) : fetch(input, init),
      );
      const gate = await openGate({}, agent);
      isDown = true;
      const { executed, answers } = await playCounted(gate, bash('ls'));
      expect(executed).toEqual([]);
      expect(answers[0]).toContain('REFUSED gate.unavailable');
      isDown = false;
      await gate.task.end();
    });
  });
}
