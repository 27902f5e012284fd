import { listWords } from '../../actions/name-words.ts';

/** Whatever is fetched from there, its owner wrote. */
export const WEB_WORDS = listWords(
  'web webpage webpages website websites url page browse browser fetch crawl scrape download clone pull feed rss',
);

/** Things that people outside write into a system. */
export const STRANGER_WORDS = listWords(
  `review reviews rating ratings comment comments issue issues message messages inbox email emails mail mails chat
   thread threads history conversation webhook webhooks tweet tweets post posts ticket tickets forum news article
   articles discussion discussions feedback reply replies answer answers transcript attachment attachments notification
   notifications`,
);

/** Results that are the very content of something: whoever wrote that also wrote what looks like members of it. */
export const RAW_WORDS = listWords('read contents content log logs sql query text media cat dump raw');

/** Of these, what the person's own side wrote, or nobody outside. */
export const OWN_WORDS = listWords('sent draft drafts outbox order orders purchase purchases');

/** Results that are facts without prose: one value, names, prices, what is known of a person. */
export const PLAIN_WORDS = listWords(
  `iban balance day date time now total sum count number status price prices address addresses user users account
   profile member members channel channels contact contacts participant participants hours options types names
   type currency rate version key keys id ids weather restrictions tags languages`,
);

/** Records with room for prose, whatever else is asked of them. */
export const PROSE_WORDS = listWords(
  `event events appointment appointments file files document documents transaction transactions note notes task tasks
   item items product products repository repo job jobs log logs row rows record records result results`,
);

/** What makes something new of what it is given. */
export const MAKING_WORDS = listWords(
  `send create post schedule reserve book pay transfer invite login verify reply forward publish submit buy star
   checkout refund order`,
);

export const PREPOSITIONS = listWords('by for in from to with through via of on at');

export const SECRET_WORDS = listWords(
  'password passwords secret secrets credential credentials ssh otp passport token tokens apikey private',
);

export const CONFIDENTIAL_DOMAINS: ReadonlySet<string> = new Set([
  'secrets',
  'payroll',
  'health',
  'people',
  'payments',
  'customers',
  'mail',
  'messages',
]);

/** Members that hold what somebody wrote, or that somebody outside chose. */
export const PROSE_FIELDS: readonly string[] = [
  'body',
  'content',
  'text',
  'subject',
  'title',
  'description',
  'summary',
  'message',
  'messages',
  'comment',
  'comments',
  'review',
  'reviews',
  'note',
  'notes',
  'memo',
  'reason',
  'caption',
  'html',
  'markdown',
  'snippet',
  'feedback',
  'reply',
  'replies',
  'issues',
  'readme',
  'bio',
  'location',
  'sender',
  'from',
  'author',
  'attachments',
  'metadata',
];

/** Members that a system writes itself, whoever wrote the rest. */
export const STAMP_FIELDS: readonly string[] = [
  'id',
  'uid',
  'uuid',
  'timestamp',
  'created_at',
  'updated_at',
  'received_at',
  'sent_at',
  'read',
  'unread',
];
