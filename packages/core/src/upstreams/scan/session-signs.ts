import { few, type Sign, sign } from './sign.ts';

/** Ways to ask for what is between the agent and its model. */
export const SESSION_SIGNS: readonly Sign[] = [
  sign(
    'session_asked',
    3,
    'asks which model calls',
    `\\b(?:llm|model|agent|assistant|ai) ${few(2)}(?:that|which|who) ${few(1)}(?:calls?|uses?|invokes?|is calling|is using|runs?)\\b|\\b(?:name|version|id|identity) of (?:the |your |its )?(?:calling |current |underlying )?(?:llm|language model|ai model|ai assistant)\\b`,
  ),
  sign(
    'session_asked',
    3,
    'asks for what was said elsewhere',
    `\\b(?:include|pass|provide|supply|paste|copy|insert|put|attach|add|give|send|contain|contains|containing|summary of|share) ${few(5)}(?:(?:conversation|chat|message|dialog|dialogue|session) (?:history|log|transcript|context)|(?:system|developer) prompt|(?:entire|full|whole|complete) (?:conversation|context|chat)|(?:previous|prior|earlier|preceding) (?:messages?|tool (?:results?|outputs?|calls?)|conversation|turns))\\b|\\byour (?:system prompt|chain of thought|hidden instructions|initial instructions|system message|memory contents)\\b`,
  ),
];

/** Names of parameters by which a tool asks for what is none of its business. */
export const SESSION_PARAMETER =
  /^(?:llm|ai|assistant|agent|caller|calling|chat|conversation|system|session|message)_?(?:model|llm|agent)?_?(?:name|version|prompt|history|context|log|transcript|messages|instructions|reasoning|model)$/;
