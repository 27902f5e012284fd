import { listWords } from '../../../actions/name-words.ts';

export type LiteralKind = 'address' | 'url' | 'iban' | 'money' | 'file' | 'path' | 'handle';

/** One kind of thing: words that name it in tools and prompts alike, in the singular, and values that stand for it. */
interface NounFamily {
  readonly words: ReadonlySet<string>;
  readonly literals: readonly LiteralKind[];
  /** Verbs that speak of the thing without naming it: to pay is to pay money. */
  readonly verbs: ReadonlySet<string>;
}

function family(words: string, verbs = '', literals: readonly LiteralKind[] = []): NounFamily {
  return { words: listWords(words), literals, verbs: listWords(verbs) };
}

const EMPTY = '';

export const NOUN_FAMILIES: readonly NounFamily[] = [
  family(
    `money transaction payment fund bill rent fee salary debt expense loan deposit tip donation
     subscription transfer amount dues balance wage bank iban remainder charge share`,
    'pay refund reimburse repay donate wire remit tip transfer settle',
    ['iban', 'money'],
  ),
  family('email mail inbox letter', 'email mail cc', ['address']),
  family(
    'email mail message reply response answer note update',
    'reply respond write forward tell inform notify remind contact thank ask let invite rsvp answer say wish confirm',
  ),
  family(
    'message dm chat conversation reply response direct',
    'message dm ping text tell reply respond write inform notify remind contact congratulate welcome greet thank ask let answer say wish confirm drop',
  ),
  family('channel room group thread', EMPTY),
  family('user member person people employee colleague teammate account contact', 'invite kick ban onboard', [
    'address',
    'handle',
  ]),
  family(
    `event calendar meeting appointment call session trip reminder lunch dinner breakfast brunch conference workshop
     interview party celebration booking reservation slot schedule standup class lesson gathering`,
    'schedule reschedule postpone meet rsvp remind',
  ),
  family('participant attendee guest invitee people person', 'invite', ['address']),
  family(
    'file document doc docx note sheet spreadsheet presentation slide report list txt pdf attachment folder invoice script code readme config drive log data record content',
    'upload save download share',
    ['file', 'path'],
  ),
  family('directory dir folder path', EMPTY, ['path']),
  family('node file folder directory document script item content', EMPTY, ['file', 'path']),
  family(
    `webpage website site page web article url link blog form portal internet online survey registration questionnaire
     homepage`,
    'visit browse',
    ['url'],
  ),
  family('discount offer coupon voucher deal promotion code rebate', EMPTY),
  family('password passcode passphrase pin credential passwort'),
  family('account profile user information info detail address street city name phone record', EMPTY),
  family('account login credential', 'login'),
  family(
    'product item cart order purchase basket goods shopping checkout',
    'buy purchase order rebuy reorder shop checkout acquire',
  ),
  family('order purchase', 'refund return'),
  family('hotel room stay accommodation night lodging hostel inn', 'stay'),
  family('car vehicle rental cab van suv'),
  family('restaurant table dinner lunch meal breakfast brunch food eatery place'),
  family('flight plane ticket airline'),
  family('repo repository project git github codebase', 'fork star unstar clone commit push pull merge'),
  family('issue bug ticket problem'),
  family('collaborator contributor maintainer developer', 'invite collaborate', ['address']),
  family('ownership owner'),
  family('ssh key'),
  family('star'),
  family('discount coupon voucher code'),
];

const IN_FAMILIES = new Map<string, number[]>();
const BY_VERB = new Map<string, number[]>();
const BY_LITERAL = new Map<LiteralKind, number[]>();
NOUN_FAMILIES.forEach(({ words, verbs, literals }, index) => {
  for (const word of words) IN_FAMILIES.set(word, [...(IN_FAMILIES.get(word) ?? []), index]);
  for (const verb of verbs) BY_VERB.set(verb, [...(BY_VERB.get(verb) ?? []), index]);
  for (const kind of literals) BY_LITERAL.set(kind, [...(BY_LITERAL.get(kind) ?? []), index]);
});

export function familiesOfNoun(noun: string): readonly number[] {
  return IN_FAMILIES.get(noun) ?? [];
}

export function familiesOfVerbObject(verb: string): readonly number[] {
  return BY_VERB.get(verb) ?? [];
}

export function familiesOfLiteral(kind: LiteralKind): readonly number[] {
  return BY_LITERAL.get(kind) ?? [];
}
