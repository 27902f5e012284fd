import { listWords } from '../../actions/name-words.ts';

/** Names of what decides where something goes, in any tool. */
export const ADDRESS_WORDS = listWords(
  `url urls uri uris link href host hostname domain endpoint webhook callback origin server website webpage`,
);

/** Names of who or what gets it, in a tool that changes something or sends something out. */
export const RECEIVER_WORDS = listWords(
  `recipient recipients receiver receivers to cc bcc email emails mail iban bic account accounts payee beneficiary
   wallet destination dest channel channels room rooms user users username usernames member members participant
   participants attendee attendees invitee invitees guest guests collaborator collaborators owner owners assignee
   assignees reviewer reviewers subscriber subscribers follower followers person people contact contacts phone
   address addresses group groups team teams audience topic queue bucket chat conversation mention mentions`,
);

/** Names of the place of a file, which is where a writing tool puts something. */
export const PLACE_WORDS = listWords('path paths dir directory folder filepath');

/** Names that say that something comes from there. */
export const SOURCE_WORDS = listWords('source src from origin old');

/** Names of what is sent, next to an `id`. */
export const MESSAGE_WORDS = listWords('email emails mail');

/** What a tool does that only looks. */
export const READING_WORDS = listWords(
  'get list read search find show view browse fetch lookup count describe query',
);

export const REMOVING_WORDS = listWords(
  'delete remove cancel revoke clear unshare unsubscribe ban kick mute archive',
);

export const SIGN_IN_WORDS = listWords('login signin logout authenticate verify');

/** What a tool does that takes something from a place here to another. */
export const SENDING_WORDS = listWords('push upload send share publish attach');

export const AMOUNT_WORDS = listWords(
  `amount amounts price total sum cost fee budget cents quantity qty fare tip deposit salary balance`,
);

/** Names of what is meant to be read: nobody acts on it as a whole. */
export const CONTENT_WORDS = listWords(
  `body text content contents message subject title description comment comments note notes caption summary
   html markdown reason purpose memo details remark remarks review answer question reply prompt instructions location
   data payload values value code diff patch commit attachments attachment`,
);

/** Names of objects that go along as a whole. */
export const ENCLOSED_WORDS = listWords('attachment attachments metadata');

/** Names of what says which thing is meant. */
export const THING_WORDS = listWords(
  `id ids uid uuid key keys name names file files filename filenames source path paths slug ref reference number
   query search term keyword code otp password secret token sql selector element resource object item items`,
);

/** Names of the hows and whens, which neither send nor name anything. */
export const MANNER_WORDS = listWords(
  `date dates time day start end from until since before after limit offset page cursor count sort order format
   type kind mode status state language locale currency timezone recurring force overwrite rating min max size width
   height depth`,
);

/** What a sentence about the argument says of it, strongest first. */
export const DESTINATION_PHRASES: readonly string[] = [
  'iban',
  'recipient',
  'email address',
  'e-mail address',
  'url of',
  'webhook',
  'should be sent',
  'to send to',
  'destination',
  'to invite',
  'receiving',
];
