import { listWords, splitWords } from '../../actions/name-words.ts';
import type { ToolDefinition } from '../tool-definition.ts';
import type { ResultLabels } from './result-labels.ts';

const STRANGERS_WORDS = listWords(
  `web webpage website url browse fetch review reviews rating ratings comment comments issue issues message messages
   inbox email emails mail chat channel thread webhook feed rss tweet tweets posts post ticket tickets forum news`,
);
const PROSE_FIELDS = [
  'body',
  'content',
  'text',
  'description',
  'subject',
  'comment',
  'comments',
  'review',
  'reviews',
  'title',
  'message',
  'messages',
  'note',
  'notes',
  'summary',
  'html',
  'markdown',
  'snippet',
  'attachments',
];

/** What may be believed of the results of a tool: a proposal, of which nothing that trusts counts until a person confirms it. */
export function proposeResultLabels(tool: ToolDefinition): ResultLabels {
  const hints = tool.annotations as { readonly openWorldHint?: unknown } | undefined;
  const isOpen = hints?.openWorldHint === true;
  if (isOpen || splitWords(tool.name).some((word) => STRANGERS_WORDS.has(word))) {
    return { trust: 'untrusted', sensitivity: 'internal', audience: 'anyone', fields: [] };
  }
  const fields = PROSE_FIELDS.map((path) => ({ path, trust: 'untrusted' as const }));
  return { trust: 'trusted', sensitivity: 'internal', audience: 'anyone', fields };
}
