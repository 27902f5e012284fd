import { describe, expect, it } from 'vitest';
import { proposeResultLabels } from './propose-result-labels.ts';
import { labelsOfResult, UNCONFIRMED_RESULT } from './result-labels.ts';

const READS = { readOnlyHint: true };

describe('proposeResultLabels', () => {
  it.each<[string, Record<string, unknown>, string, 'none' | 'prose' | 'stamps']>([
    ['get_webpage', READS, 'untrusted', 'none'],
    ['search', { ...READS, openWorldHint: true }, 'untrusted', 'none'],
    ['download_file', {}, 'untrusted', 'none'],
    ['get_received_emails', READS, 'untrusted', 'stamps'],
    ['list_issues', READS, 'untrusted', 'stamps'],
    ['get_reviews_for_places', READS, 'untrusted', 'stamps'],
    ['read_text_file', READS, 'untrusted', 'none'],
    ['get_file_contents', READS, 'untrusted', 'none'],
    ['search_contacts_by_email', READS, 'trusted', 'none'],
    ['get_users_in_channel', READS, 'trusted', 'none'],
    ['get_sent_emails', READS, 'trusted', 'prose'],
    ['get_day_calendar_events', READS, 'trusted', 'prose'],
    ['list_files', READS, 'trusted', 'prose'],
    ['zorp', {}, 'trusted', 'prose'],
    ['send_email', { openWorldHint: true }, 'trusted', 'none'],
    ['append_to_file', {}, 'trusted', 'prose'],
  ])('says of %s whether it is believed', (name, annotations, trust, fields) => {
    const labels = proposeResultLabels({ name, annotations: annotations as never });
    const said = new Set(labels.fields.map((field) => field.trust));
    const kind = said.size === 0 ? 'none' : said.has('trusted') ? 'stamps' : 'prose';
    expect([labels.trust, kind]).toEqual([trust, fields]);
  });

  it('says how much harm it does', () => {
    const of = (name: string, description = '') => proposeResultLabels({ name, description }).sensitivity;
    expect([
      of('get_web_page'),
      of('list_files'),
      of('get_balance_of_customers'),
      of('x', 'Its passwords'),
    ]).toEqual(['public', 'internal', 'confidential', 'secret']);
    expect(of('get', `${' '.repeat(100_000)}password`)).toBe('internal');
  });
});

describe('labelsOfResult', () => {
  it('joins all that a caller gets to see', () => {
    expect(labelsOfResult(UNCONFIRMED_RESULT)).toEqual({
      trust: 'untrusted',
      sensitivity: 'internal',
      audience: 'anyone',
    });
    const fields = [
      { path: 'a', trust: 'untrusted' },
      { path: 'b', sensitivity: 'secret', audience: ['group:a'] },
    ] as const;
    expect(labelsOfResult({ trust: 'trusted', sensitivity: 'public', audience: 'anyone', fields })).toEqual({
      trust: 'untrusted',
      sensitivity: 'secret',
      audience: ['group:a'],
    });
  });
});
