import { listWords } from '../../../actions/name-words.ts';

/** One kind of doing: how names of tools call it, and how people ask for it. Base forms only. */
interface VerbFamily {
  readonly tool: ReadonlySet<string>;
  readonly said: ReadonlySet<string>;
}

/** Verbs in the names of tools, and something else where people write. */
const ONLY_IN_NAMES = listWords('new cart init');

function family(tool: string, said: string): VerbFamily {
  return {
    tool: listWords(tool),
    said: new Set([...listWords(said), ...listWords(tool)].filter((word) => !ONLY_IN_NAMES.has(word))),
  };
}

/** What a noun decides (an e-mail or money is sent) is left to nouns: a family may be wide. */
export const VERB_FAMILIES: readonly VerbFamily[] = [
  family(
    'send reply forward notify message email mail text post publish comment write tweet push announce dm',
    `send mail email message dm write text tell notify inform reply respond answer forward ping contact announce remind
     report share give pass deliver submit post publish upload comment put ask congratulate thank let warn return drop
     welcome greet relay rsvp say wish shoot confirm inquire enquire apologise apologize`,
  ),
  family(
    'send pay transfer wire transact refund donate charge make payout withdraw remit',
    `pay send transfer wire remit refund reimburse settle donate tip give return repay cover move make cash deposit
     lend compensate`,
  ),
  family(
    'create make new add open schedule generate register write draft insert init start build mkdir put set plan post',
    `create make add set schedule book plan arrange organise organize put block generate start open register draft
     write compose prepare build invite found initialise initialize setup repeat save keep note record log file report
     raise host hold reserve`,
  ),
  family(
    'update edit change modify set patch rename move reschedule adjust replace reset correct upsert amend post',
    `update change modify edit adjust set correct fix move rename reschedule postpone increase decrease raise lower
     replace reset switch amend revise extend shift delay push bring rewrite alter swap renew convert make reduce
     shorten prolong complete keep sync`,
  ),
  family(
    'delete remove cancel clear drop unsubscribe revoke destroy purge erase trash close archive kick ban unshare unstar',
    `delete remove erase clear clean drop discard trash cancel unsubscribe purge wipe empty revoke kick ban close
     archive deactivate terminate end dismiss unshare unstar exclude tidy abort`,
  ),
  family(
    'add append insert include attach put join cart enter',
    `add append insert include attach put write note invite list join extend bring enter`,
  ),
  family(
    'invite share grant add assign enroll subscribe',
    'invite add share give grant include bring ask assign enroll onboard let join allow',
  ),
  family(
    'book reserve rent hire',
    'book reserve rent hire make arrange get schedule plan organise organize secure find stay',
  ),
  family(
    'buy purchase checkout order cart subscribe add place',
    'buy purchase order rebuy reorder checkout shop place pay subscribe acquire',
  ),
  family('refund return', 'refund return reimburse cancel'),
  family(
    'download save fetch export store pull clone import',
    'download save fetch get store export pull clone import copy grab retrieve backup put check collect find sync',
  ),
  family('upload push commit publish submit', 'upload push commit publish submit sync put save add update'),
  family('copy duplicate clone fork', 'copy duplicate clone fork back save put replicate mirror'),
  family(
    'move rename relocate transfer',
    'move rename relocate transfer put organise organize sort hand reorganise reorganize tidy',
  ),
  family('transfer', 'transfer hand give move reassign pass'),
  family('login signin authenticate switch', 'login use switch authenticate'),
  family('star like favorite favourite upvote follow', 'star like favorite favourite upvote follow bookmark'),
  family('unstar unlike unfollow', 'unstar unlike unfollow remove'),
  family(
    'input fill submit click register browse',
    `fill submit register apply enter complete use redeem claim activate vote answer subscribe click rsvp confirm
     participate enrol`,
  ),
  family(
    'execute run exec call invoke deploy',
    'execute run exec call invoke deploy start launch test build',
  ),
  family('merge approve close reopen', 'merge approve close reopen accept resolve reject decline'),
  family('verify confirm validate', 'verify confirm validate authenticate'),
];

/** How people ask to be told something, and how tools that only look it up call that. */
export const LOOKING = family(
  `get read list search find show describe query count view lookup browse fetch check visit open navigate request
   load scrape crawl download select`,
  `get read list search find show describe query count view lookup browse fetch check visit open navigate go look
   see summarise summarize tell review compare analyse analyze extract use follow watch explore consult
   inspect scan know collect gather research access learn recommend suggest verify`,
);

const SAID = new Map<string, readonly number[]>();
const IN_TOOLS = new Map<string, readonly number[]>();
[...VERB_FAMILIES, LOOKING].forEach(({ tool, said }, index) => {
  for (const word of said) SAID.set(word, [...(SAID.get(word) ?? []), index]);
  for (const word of tool) IN_TOOLS.set(word, [...(IN_TOOLS.get(word) ?? []), index]);
});

export const LOOKING_FAMILY = VERB_FAMILIES.length;

/** The families of a verb in its base form, as people use it; none where it is no verb we know. */
export function familiesOfSaid(verb: string): readonly number[] {
  return SAID.get(verb) ?? [];
}

export function familiesOfTool(verb: string): readonly number[] {
  return IN_TOOLS.get(verb) ?? [];
}
