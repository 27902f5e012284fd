import { describeRecord, type HeldRecords } from '@countersign/core';
import type { OpenedRecord } from '@countersign/ledger';
import { element, honest } from './element.ts';
import { showWalk } from './show-walk.ts';

const mostShown = 2000;

/** All records in the order of the ledger; one that is chosen is shown with what led to it and what followed. */
export function showRecords(records: readonly OpenedRecord[], held: HeldRecords<OpenedRecord>): HTMLElement {
  const chosen = element('div', { id: 'chosen', 'aria-live': 'polite' });
  const choose = async (record: OpenedRecord): Promise<void> => {
    chosen.replaceChildren(await showRecord(record, held));
    chosen.scrollIntoView({ block: 'start' });
  };
  const body = element('tbody');
  for (const record of records.slice(0, mostShown)) {
    const open = element(
      'button',
      { type: 'button', 'data-record': record.id },
      honest(describeRecord(record)),
    );
    open.addEventListener('click', () => void choose(record));
    body.append(
      element(
        'tr',
        {},
        element('td', { class: 'number' }, String(record.seq)),
        element('td', {}, new Date(record.at).toISOString()),
        element('td', {}, element('code', {}, record.kind)),
        element('td', {}, open),
        element('td', {}, honest(record.agent ?? record.person ?? '')),
      ),
    );
  }
  const heads = ['Record', 'At', 'Kind', 'What', 'Who'].map((name) => element('th', { scope: 'col' }, name));
  const table = element('table', {}, element('thead', {}, element('tr', {}, ...heads)), body);
  const more = records.length - mostShown;
  return element(
    'section',
    { 'aria-labelledby': 'timeline' },
    element('h2', { id: 'timeline' }, 'What happened'),
    element('p', {}, 'Choose a record to see what led to it.'),
    element('div', { class: 'wide', role: 'region', 'aria-labelledby': 'timeline', tabindex: '0' }, table),
    ...(more > 0 ? [element('p', {}, `and ${more} more`)] : []),
    chosen,
  );
}

async function showRecord(record: OpenedRecord, held: HeldRecords<OpenedRecord>): Promise<HTMLElement> {
  const said = record.erased ? 'What it says is not in the bundle.' : JSON.stringify(record, null, 2);
  return element(
    'article',
    {},
    element('h3', {}, 'Record ', honest(record.id)),
    element('h4', {}, 'What led to it'),
    await showWalk(held, record, 'back'),
    element('h4', {}, 'What followed'),
    await showWalk(held, record, 'on'),
    element('details', {}, element('summary', {}, 'What it says'), element('pre', {}, honest(said))),
  );
}
