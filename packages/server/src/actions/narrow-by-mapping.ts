import { AppError } from '@countersign/api';
import {
  isJsonObject,
  type JsonObject,
  MOST_OBSERVED,
  mergeObligations,
  mergeRequirements,
  NO_OBLIGATIONS,
} from '@countersign/core';
import type { Context } from '../context.ts';
import { type DeclaredQuestion, type DeclaredVerdict, findMapping, MappingError } from '../policies/index.ts';
import { upstreamResource } from '../tokens/index.ts';
import type { Intended, MappedAnswer, Ruling } from './stages.ts';
import { writeWarnings } from './write-notices.ts';

type Asked = Pick<Intended, 'message' | 'target' | 'tool' | 'token' | 'agent' | 'task'>;

/**
 * What is ruled once the questions of the message's AuthZEN mapping are answered too, for upstreams that have it on. A
 * mapping is the upstream's word: it never widens a ruling. Throws `action.unmappable` where nothing can be asked.
 */
export function narrowByMapping(
  context: Pick<Context, 'policies' | 'tokens'>,
  asked: Asked,
  ruling: Ruling,
): Ruling {
  // What concerns a client's session alone never reaches the upstream.
  const isOwn = asked.message.answerHere !== undefined && asked.message.isNotification;
  if (asked.target.settings.authzenMapping !== 'on' || ruling.effect === 'deny' || isOwn) return ruling;
  const questions = listQuestions(context, asked);
  if (questions === undefined) return deny(ruling, []);
  const answers = questions.map((question) => context.policies.decideDeclared(question));
  return {
    ...narrow(ruling, answers),
    observed: [...ruling.observed, ...answers.flatMap(({ verdict }) => verdict.observed)].slice(
      0,
      MOST_OBSERVED,
    ),
    mapped: questions.map((question, at) => describeAnswer(question, answers[at])),
  };
}

/** Undefined for a method that nobody has mapped, which is denied (COAZ-MCP §Unknown Methods). */
function listQuestions(
  context: Pick<Context, 'tokens'>,
  { message, target, tool, token, agent, task }: Asked,
): readonly DeclaredQuestion[] | undefined {
  const resource = upstreamResource(context.tokens.issuer, target.name);
  try {
    const mapping = findMapping({
      method: message.method,
      target: message.target,
      reference: readReference(message.outgoing),
      // Until a person has confirmed a tool, its own mapping is nobody's but the upstream's.
      definition: tool?.confirmed === true ? tool.definition : null,
      resource,
    });
    const claims: JsonObject = {
      iss: context.tokens.issuer,
      sub: token.subject,
      aud: resource,
      client_id: token.clientId,
      iat: Math.floor(token.issuedAt / 1000),
      exp: Math.floor(token.expiresAt / 1000),
      agent: agent.id,
      owner: token.ownerId,
      ...(token.taskId === null ? {} : { task: token.taskId }),
      chain: token.chain,
    };
    const params = { name: message.target, arguments: message.arguments };
    // The upstream is told nothing by this: its mapping is evaluated here, over what it said itself.
    const kinds = Object.keys(target.settings.remember ?? {});
    const inputs = { params, token: claims, remembered: task.history.remembered.of(target.name, kinds) };
    return mapping?.(inputs, { subject: token.subject, agent: agent.id });
  } catch (thrown) {
    if (thrown instanceof MappingError) throw new AppError('action.unmappable', { detail: thrown.message });
    throw thrown;
  }
}

function readReference({ params }: JsonObject): string | undefined {
  const ref = isJsonObject(params) ? params.ref : undefined;
  return isJsonObject(ref) && typeof ref.type === 'string' ? ref.type : undefined;
}

function describeAnswer({ action, resource }: DeclaredQuestion, answer?: DeclaredVerdict): MappedAnswer {
  return {
    action: action.name.slice(0, 128),
    resourceType: resource.type.slice(0, 128),
    effect: answer?.verdict.effect ?? 'deny',
    ...(answer === undefined || answer.flaw === null ? {} : { flaw: answer.flaw }),
  };
}

/** The strictest of them all. */
function narrow(ruling: Ruling, answers: readonly DeclaredVerdict[]): Ruling {
  const denied = answers.filter(({ verdict }) => verdict.effect === 'deny');
  if (denied.length > 0) return deny(ruling, denied);
  const requirements = [
    ...(ruling.requirement === null ? [] : [ruling.requirement]),
    ...answers.flatMap(({ verdict }) => (verdict.effect === 'step_up' ? [verdict.requirement] : [])),
  ];
  const [first, ...others] = requirements;
  const merged = first === undefined ? undefined : mergeRequirements(first, ...others);
  if (merged?.possible === false) {
    const asking = answers.filter(({ verdict }) => verdict.effect === 'step_up');
    const policyIds = join([ruling.policyIds, ...asking.map(({ verdict }) => verdict.policyIds)]);
    return { ...deny(ruling, []), policyIds, reasons: [{ code: 'step_up_impossible', policyIds }] };
  }
  const effect = merged === undefined ? 'allow' : 'step_up';
  const counted = answers.filter(({ verdict }) => verdict.effect === effect);
  const own = ruling.effect === effect;
  return {
    ...ruling,
    effect,
    by: own ? ruling.by : 'policy',
    policyIds: join([...(own ? [ruling.policyIds] : []), ...counted.map(({ verdict }) => verdict.policyIds)]),
    permits: join([ruling.permits, ...answers.map(({ verdict }) => verdict.permits)]),
    reasons: [...(own ? ruling.reasons : []), ...counted.flatMap(({ verdict }) => verdict.reasons)],
    requirement: merged?.requirement ?? null,
    notices: [...new Set([...ruling.notices, ...answers.flatMap(({ verdict }) => writeWarnings(verdict))])],
    obligations: mergeObligations([ruling.obligations, ...answers.map(({ obligations }) => obligations)]),
  };
}

function deny(ruling: Ruling, denied: readonly DeclaredVerdict[]): Ruling {
  const reasons = denied.flatMap(({ verdict }) => verdict.reasons);
  return {
    ...ruling,
    ...{ effect: 'deny', by: 'policy', requirement: null, permits: [], notices: [] },
    policyIds: join(denied.map(({ verdict }) => verdict.policyIds)),
    reasons: reasons.length === 0 ? [{ code: 'no_permit', policyIds: [] }] : reasons,
    obligations: NO_OBLIGATIONS,
  };
}

function join(ids: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(ids.flat())].sort();
}
