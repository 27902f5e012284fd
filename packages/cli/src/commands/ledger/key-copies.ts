import { writeFile } from 'node:fs/promises';
import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';
import { parseCount } from '../../parse-options.ts';

export interface KeyCopyFacts {
  readonly number: number;
  readonly erasures: number;
  readonly by: string;
  readonly at: number;
  readonly destroyedAt: number | null;
  readonly isStale: boolean;
}

const copyFields: readonly Column<KeyCopyFacts>[] = [
  ['COPY', ({ number }) => number],
  ['MADE', ({ at }) => formatTime(at)],
  ['BY', ({ by }) => by],
  ['STATE', describeState],
];

export const backUpKeys = defineCommand<{ out: string }>({
  usage: 'back-up-keys',
  summary: 'a numbered copy of the keys that open the evidence, sealed under the master key',
  options: [
    { flags: '--out <file>', summary: 'written for its owner alone; never overwrites', required: true },
  ],
  examples: ['ledger back-up-keys --out evidence-keys-1.sealed'],
  async run(session, { out }) {
    const made = await session
      .api()
      .send<{ copy: KeyCopyFacts; file: string }>('POST', '/v1/ledger/key-copies', {});
    await writeFile(out, made.file, { flag: 'wx', mode: 0o600 });
    session.print.item(made.copy, copyFields);
    session.print.note(
      'What is erased from now on this copy can still open. Destroy it when that must not be.',
    );
    return undefined;
  },
});

export const listKeyCopies = defineCommand<{ destroyed?: number }>({
  usage: 'key-copies',
  summary: 'copies of the evidence keys, and which of them can open what was erased',
  options: [{ flags: '--destroyed <number>', summary: 'say that this copy is no more', parse: parseCount }],
  examples: ['ledger key-copies', 'ledger key-copies --destroyed 1'],
  async run(session, { destroyed }) {
    if (destroyed !== undefined)
      await session.api().send('POST', `/v1/ledger/key-copies/${destroyed}/destroyed`, {});
    const { items } = await session.api().get<{ items: readonly KeyCopyFacts[] }>('/v1/ledger/key-copies');
    session.print.rows(items, copyFields, 'no copy was made');
    return undefined;
  },
});

function describeState({ destroyedAt, isStale }: KeyCopyFacts): string {
  if (destroyedAt !== null) return `destroyed ${formatTime(destroyedAt)}`;
  return isStale ? 'can open what was erased since' : 'as new as the keys';
}
