import { few, type Sign, sign } from './sign.ts';

/** Ways to be chosen before other tools. */
export const PREFERENCE_SIGNS: readonly Sign[] = [
  sign(
    'preference',
    3,
    'wants to be chosen before others',
    `\\b(?:always |must |should |only |please )(?:be )?(?:use|used|prefer|preferred|choose|chosen|call|called|select|selected) (?:first|over|before|instead)\\b|\\balways (?:prefer|choose|select) this\\b|\\b(?:use|choose|prefer|call|select) this ${few(3)}(?:instead|over|rather than|before (?:any|all|other))\\b|\\b(?:instead of|rather than|over|than|before) (?:using )?(?:any|all|the)? ?other (?:tools?|similar|functions?|servers?)\\b`,
  ),
  sign(
    'preference',
    3,
    'praises itself above all tools',
    `\\b(?:best|greatest|number one|top-rated|only reliable|finest) (?:[a-z-]{1,20} )?(?:tool|server|function|service|solution|api)\\b|\\bin the world\\b`,
  ),
  sign(
    'preference',
    2,
    'calls itself the better version',
    `\\b(?:the|a|an|world's|our) ${few(1)}(?:best|ultimate|premier|premium|professional|pro|advanced|enhanced|superior|fastest|leading|official|exclusive|improved) ${few(3)}(?:tool|version|edition|platform|extractor|analy[sz]er|system|engine|solution|implementation)\\b`,
  ),
  sign(
    'preference',
    2,
    'says the most of itself',
    `\\bmost ${few(1)}(?:advanced|comprehensive|reliable|accurate|sophisticated|powerful|complete|trusted|popular|efficient|secure|precise)\\b`,
  ),
  sign(
    'preference',
    2,
    'says who trusts it',
    `\\b(?:trusted|used|recommended|preferred|endorsed|approved|chosen|certified) (?:by|globally by) ${few(2)}(?:professionals?|experts?|thousands|millions|leading|top|fortune|companies|developers|teams|[0-9]{1,3}(?:\\.[0-9])?%)`,
  ),
  sign(
    'preference',
    1,
    'promises more than a tool can',
    `\\b(?:superior|unmatched|unparalleled|unrivaled|unrivalled|industry[- ]leading|award-winning|enterprise-grade|world-class|cutting-edge|state-of-the-art|highest quality|industry standard|next-generation|ai-optimized|guaranteed?)\\b|\\b[0-9]{2,3}(?:\\.[0-9]{1,2})?% (?:accura|reliab|success|uptime|guarantee)`,
  ),
  sign(
    'preference',
    1,
    'compares itself',
    `\\b(?:enhanced|faster|better|more (?:accurate|reliable|secure|efficient)) (?:than|and|features?|functionality|performance|accuracy|security|reliability|quality|capabilities|search|precision)\\b|\\boutperforms\\b`,
  ),
];
