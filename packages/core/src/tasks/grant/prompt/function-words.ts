import { listWords } from '../../../actions/name-words.ts';

/** Words before which a verb stands when somebody asks for it. */
export const BEFORE_REQUESTS = listWords(
  `to please and or then you can could would will should must might may not also just we i me kindly now first next
   finally afterwards lastly help them us let lets let's i'd i'll you'd don't never always him so if after before
   by instead immediately simply quickly either otherwise secondly thirdly again still directly automatically`,
);

/** Words that stand for something named before. */
export const PRONOUNS = listWords(
  'it them that this these those there one ones him her they both all same everything each',
);

/** Words that make a participle something that is yet to be done: (to) `be cancelled`. */
export const BEFORE_PASSIVE = listWords('be get being gets want need needs wants');

/** What no English text of some length does without. */
export const ENGLISH_WORDS = listWords(
  `the a an to my me i you your of in on for and or is are was were be it that this with from at by please what how
   where when which who do does did have has can could would will should if not all any as so but they them he she his
   her we our us there then than about into after before more most`,
);

/** Verb and word that together mean something else: to make sure is to make nothing. */
export const EMPTY_PHRASES: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['make', listWords('sure certain sense it')],
  ['take', listWords('a care')],
  ['give', listWords('me')],
  ['tell', listWords('me')],
  ['let', listWords('me')],
  ['show', listWords('me')],
  ['send', listWords('me')],
  ['ask', listWords('me')],
  ['get', listWords('to')],
  ['keep', listWords('in')],
  ['email', listWords('address addresses account')],
  ['mail', listWords('address addresses')],
  ['have', listWords('a')],
]);

/** Verbs that are more often something else. */
export const DOUBTFUL_VERBS = listWords(
  `lower clear clean empty complete close open correct secure back like free cover host hold raise set put bring report
   log record direct extend end drop use let give keep make return check test second show`,
);

/** Verbs that name what they send, so that nothing else is their object. */
export const OWN_OBJECT = listWords('message mail email dm text ping cc sms');

/** Two words that are one verb. */
export const TWO_WORD_VERBS: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  ['check', new Map([['out', 'checkout']])],
  [
    'log',
    new Map([
      ['in', 'login'],
      ['into', 'login'],
    ]),
  ],
  [
    'sign',
    new Map([
      ['in', 'login'],
      ['into', 'login'],
      ['up', 'register'],
    ]),
  ],
  ['set', new Map([['up', 'setup']])],
  ['call', new Map([['off', 'cancel']])],
  [
    'get',
    new Map([
      ['rid', 'remove'],
      ['me', 'acquire'],
      ['us', 'acquire'],
    ]),
  ],
  [
    'fill',
    new Map([
      ['out', 'fill'],
      ['in', 'fill'],
    ]),
  ],
  ['pay', new Map([['back', 'repay']])],
]);

/** Before whom `do` asks a question. */
export const ASKERS = listWords('i we they');
