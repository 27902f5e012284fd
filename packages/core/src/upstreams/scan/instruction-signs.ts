import { few, type Sign, sign, words } from './sign.ts';

const PEOPLE = words(
  "user users user's human humans person people customer customers anyone anybody operator owner",
);
const REWRITING = words(
  'change changes changed modify modifies modified set sets replace replaces replaced alter alters altered rewrite rewrites rewritten redirect redirects redirected reroute reroutes rerouted switch switches switched substitute substitutes substituted swap swaps override overrides overridden adjust adjusts adjusted enhance enhances enhanced enable enables enabled disable disables prepend append appends inject injects force forces forced convert converts converted',
);

/** Ways to tell the model what to do. */
export const INSTRUCTION_SIGNS: readonly Sign[] = [
  sign(
    'instruction',
    3,
    'tells to keep something from people',
    `\\b(?:do not|don't|never|must not|mustn't|should not|shouldn't|without|avoid|no need to|need not|not to) ${few(3)}(?:tell|telling|inform|informing|mention|mentioning|reveal|revealing|notify|notifying|disclose|disclosing|alert|alerting|warn|warning) ${few(3)}(?:${PEOPLE}|them|this|it|that|these)\\b`,
  ),
  sign(
    'instruction',
    3,
    'asks for secrecy',
    `\\b(?:silently|secretly|covertly|discreetly|(?:keep|kept|stays?|remain) ${few(2)}(?:secret|hidden|confidential|invisible)|(?:hidden|invisible|not visible|concealed) (?:from|to) ${few(1)}${PEOPLE}|without (?:the )?(?:user|user's|users|users'|their) (?:knowing|knowledge|noticing|consent|awareness))\\b`,
  ),
  sign(
    'instruction',
    3,
    'sets aside what people or the system said',
    `\\b(?:regardless of|irrespective of|ignore|ignores|ignoring|disregard|disregards|disregarding|override|overrides|overriding|forget|bypass|instead of) ${few(3)}(?:user|user's|users|users'|user-specified|user-provided|previous|prior|earlier|preceding|above|system|original) ${few(3)}(?:input|inputs|instruction|instructions|request|requests|limit|limits|preference|preferences|setting|settings|prompt|prompts|rule|rules|guideline|guidelines|choice|query|value|values|message|messages|parameters)\\b`,
  ),
  sign(
    'instruction',
    3,
    'poses as a message of the system',
    /<\/?\s?(?:important|system|instructions?|information|secret|admin|assistant|user|critical|override|hidden|priority|urgent|note|alert)[ a-z0-9_="'-]{0,80}>|\[\/?(?:inst|system|important|admin|hidden)\]|<\|[a-z_]{1,32}\|>|(?:^|[ .])(?:system|assistant|human|user): (?:you|i|ignore|please|the)\b/,
  ),
  sign(
    'instruction',
    2,
    'says to alter what was asked for',
    `\\b(?:must|always|silently|have to) ${few(2)}${REWRITING}\\b|\\bautomatically (?:changes|modifies|sets|replaces|alters|rewrites|redirects|reroutes|switches|substitutes|swaps|overrides|adjusts|enhances|enables|disables|appends|injects|forces|converts)\\b`,
  ),
  sign(
    'instruction',
    1,
    'says that what was asked for is altered',
    '\\b(?:is|are|be|been|being|gets) automatically [^ ]{3,20}ed\\b',
  ),
  sign(
    'instruction',
    2,
    'gives a value that is to take the place of another',
    `\\b(?:change|set|replace|redirect|redirecting|rewrite|modify|substitute|switch|override|alias) ${few(10)}(?:to|with|by) (?:be )?['"][^'"]{1,64}['"]|\\b(?:set|change|replace|override) the '?[a-z0-9_-]{1,40}'? (?:parameter|argument|field|value|recipient|destination|address)?\\s?(?:to|with)\\b`,
  ),
  sign(
    'instruction',
    2,
    'holds a command for a shell',
    /&&|\|\|\s|>>\s*[~/$]|\$\([a-z]|\bcurl\s+-|\bwget\s+-|\brm\s+-[a-z]*[rf]|\bsudo\s+[a-z-]|\bchmod\s+[0-7+]|\bnc\s+-[a-z]|\bcat\s+[~/.][a-z./_-]|\/bin\/(?:ba|z)?sh\b|\b(?:ba|z)?sh\s+-[ci]\b|\|\s*(?:ba|z)?sh\b|base64\s+-{1,2}d|\becho\s+["']?\$[A-Za-z(]|\becho\s+["'][^"'\n]{1,200}["']\s*>|\bssh-(?:rsa|ed25519)\s|\bpython3?\s+-c\b|\bnode\s+-e\b|\bpowershell\b|\bwhoami\b|\bcrontab\b/i,
    true,
  ),
  sign(
    'instruction',
    2,
    'names files that hold secrets or start programs',
    /\.ssh\b|\bid_(?:rsa|dsa|ecdsa|ed25519)\b|\.(?:bashrc|bash_profile|zshrc|profile|netrc|npmrc|pypirc|git-credentials|pgpass)\b|\/etc\/(?:passwd|shadow|sudoers|hosts|crontab)|authorized_keys|\.aws\/|\.kube\/|\.docker\/config|\.gnupg|wallet\.dat|(?:^|[\s'"`/(])\.env\b|\.cursor\/|claude_desktop_config|mcp\.json|(?:^|[\s'"`(])~\/\.[a-z]/i,
    true,
  ),
  sign(
    'instruction',
    2,
    'says where to send something',
    `\\b(?:send|sends|post|posts|upload|uploads|forward|forwards|transmit|submit|copy|bcc|cc|report|push|deliver|exfiltrate|mail|email|log) ${few(10)}(?:https?://[^ ]{4,}|[^ @]{1,60}@[a-z0-9.-]{1,60}\\.[a-z]{2,})`,
  ),
  sign(
    'instruction',
    1,
    'says what must be done',
    `\\b(?:you|system|assistant|agent|model|llm|ai) (?:must|need to|have to|has to|should|shall|are required to|is required to|requires|will)\\b|\\bmust (?:first|also|then|always|now|immediately|be called|call|use|invoke|execute|run|perform|include)\\b`,
  ),
  sign(
    'instruction',
    1,
    'insists on an order',
    '\\bmust first\\b|\\b(?:always|be sure to|make sure to) first\\b|\\bfirst (?:call|use|invoke|run|execute|fetch|read)\\b',
  ),
  sign(
    'instruction',
    1,
    'calls itself mandatory',
    `\\b(?:mandatory|it's critical|it is critical|(?:is|are) (?:crucial|essential|required|critical|necessary) (?:for|to|before))\\b`,
  ),
  sign(
    'instruction',
    1,
    'speaks of what comes before or after its use',
    `\\b(?:before|prior to|after|when|whenever|every time|each time|once) ${few(2)}(?:using|calling|processing|accessing|running|executing|invoking|performing|attempting|analyzing|you (?:use|call|get|search|run|create|invoke))\\b`,
  ),
  sign(
    'instruction',
    1,
    'waits for what people ask',
    `\\b(?:when|whenever|if) (?:a |the |any )?users? ${few(2)}(?:asks?|requests?|calls?|search|searches|wants?|query|queries|needs?)\\b`,
  ),
  sign(
    'instruction',
    1,
    'tells to call something',
    `\\b(?:call|calling|use|using|invoke|invoking|run|running|execute|executing) ${few(2)}(?:'[a-z0-9_.-]{2,64}'|[a-z0-9]{1,40}_[a-z0-9_]{1,60})`,
  ),
  sign(
    'instruction',
    1,
    'sends the model to an address',
    `\\b(?:access|visit|contact|reach|connect|ping|fetch|open|request|requests|endpoint|server|download) ${few(8)}(?:https?|wss?|ftp)://[^ ]{4,}`,
  ),
  sign(
    'instruction',
    1,
    'tells to run what follows',
    `\\b(?:execute|run|perform|running|executing)\\b:? ${few(2)}(?:following|command|script|code|cleanup|check|verification|validation)\\b|\\bplease (?:run|execute)\\b`,
  ),
  sign(
    'instruction',
    1,
    'says that a tool no longer works',
    `\\b(?:has been|have been|is|are|was) (?:now |temporarily |permanently |currently ){0,2}(?:deprecated|disabled|replaced|superseded|unavailable|restricted|suspended|retired|blocked)\\b`,
  ),
  sign(
    'instruction',
    2,
    'says that a tool works otherwise now',
    `\\b(?:tool|function|api) (?:has been|have been|was|is now|now) (?:uses?|optimi[sz]ed|enhanced|upgraded|updated|modified|extended|reconfigured|improved)\\b`,
  ),
  sign(
    'instruction',
    1,
    'sends to something else',
    `\\b(?:use|call|redirect|redirected|switch|migrate|go) ${few(6)}(?:instead|alternative|rather than|in place of)\\b|\\bredirect (?:to|all)\\b`,
  ),
  sign(
    'instruction',
    1,
    'has a heading that claims authority',
    /(?:^|[\s.])[A-Z]{3,}(?:[ -][A-Z]{2,}){1,5}\s?:/,
    true,
  ),
  sign(
    'instruction',
    1,
    'speaks to the model about itself',
    '\\b(?:as an ai|language model|llm|the assistant|dear (?:ai|model|agent))\\b',
  ),
];
