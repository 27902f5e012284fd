import type { PinnedTool } from '../../upstreams/index.ts';
import type { PolicyContext } from '../activate-bundle.ts';
import { compileBundle } from '../bundle/compile-bundle.ts';
import { writeComplaint } from '../bundle/complaint.ts';
import { findBundle, readFiles } from '../bundle/find-bundle.ts';
import type { LiveBundle } from '../decide/live-bundle.ts';
import { listPinnedTools } from '../list-pinned-tools.ts';
import { nameToolAction } from '../schema/action-names.ts';
import { addNarrowing } from './edit-files.ts';
import { findReach } from './find-reach.ts';
import type { NamedAgent } from './names-agent.ts';
import { type NarrowingName, nameNarrowing, nameNarrowingFile, readNarrowingName } from './narrowing-name.ts';
import { type Narrowed, readNarrowing, writeNarrowing } from './write-narrowing.ts';

/** A policy that would take away from an agent what it did not use, to be added to the bundle in force. */
export interface PolicyNarrowing extends NarrowingName {
  /** The version that it was worked out for. */
  readonly base: string;
  readonly file: string;
  readonly policyId: string;
  /** The lines that are added to the file. */
  readonly text: string;
  /** The permits that reach further than the use. */
  readonly permits: readonly string[];
  readonly tools: readonly string[];
  readonly upstreams: readonly string[];
}

export interface NarrowingProposal {
  /** Null when there is nothing to take away. */
  readonly change: PolicyNarrowing | null;
  /** Why no policy changes; null when the change is made with the decision. */
  readonly why: string | null;
}

export interface NarrowingQuestion extends NarrowingName {
  readonly agent: NamedAgent;
  /** Whether the agent used the tool, or is to keep it for another reason. */
  readonly isKept: (tool: PinnedTool) => boolean;
  /** Whether it used anything of the upstream, tools that are gone included. */
  readonly isUpstreamKept: (upstream: string) => boolean;
}

const mostNames = 300;

/**
 * Works out which policy would take from an agent what permits that name it reach and it did not use. Whatever is shown
 * was read and validated by the official engine, and is a `forbid` for this agent alone.
 */
export async function proposeNarrowing(
  context: PolicyContext,
  question: NarrowingQuestion,
): Promise<NarrowingProposal> {
  const { live } = context.policies;
  if (live === null) return refuse('there are no policies in force');
  const tools = listPinnedTools(context.upstreams);
  const isGone = listRuledOut(live, question.agent.id);
  const reach = findReach(live, question.agent, tools, isGone);
  if (reach.permits.length === 0)
    return refuse('no policy permits anything to this agent, or to a group of it, by name');
  const unused = reach.tools.filter((tool) => !question.isKept(tool));
  if (unused.length === 0)
    return refuse(`it used, or holds otherwise, all that ${reach.permits.join(', ')} permits it by name`);
  const narrowed = sumUp(question, tools, unused);
  if (narrowed.tools.length + narrowed.upstreams.length > mostNames)
    return refuse(
      `more than ${mostNames} tools would have to be named: narrow ${reach.permits.join(', ')} itself`,
    );
  const text = writeNarrowing(question.item, narrowed);
  const { review, item } = question;
  const change: PolicyNarrowing = {
    ...{ review, item, base: live.version, file: nameNarrowingFile(review) },
    ...{ policyId: nameNarrowing({ review, item }), text, permits: reach.permits },
    ...{ tools: narrowed.tools, upstreams: narrowed.upstreams },
  };
  const flaw = await findFlaw(context, change, narrowed);
  if (flaw !== undefined) return refuse(flaw);
  const why =
    context.config.policies.folder === undefined
      ? null
      : 'the policies of this server are kept in a folder: only its files change them, so add this there';
  return { change, why };
}

function refuse(why: string): NarrowingProposal {
  return { change: null, why };
}

/** What reviews have taken from the agent before. */
function listRuledOut(live: LiveBundle, agentId: string): (tool: PinnedTool) => boolean {
  const [tools, upstreams] = [new Set<string>(), new Set<string>()];
  for (const { id, json } of live.policies) {
    if (readNarrowingName(id) === undefined || (live.modes.get(id) ?? 'enforce') !== 'enforce') continue;
    const narrowed = readNarrowing(json);
    if (narrowed?.agentId !== agentId) continue;
    for (const name of narrowed.tools) tools.add(name);
    for (const name of narrowed.upstreams) upstreams.add(name);
  }
  return ({ upstream, name }) => upstreams.has(upstream) || tools.has(nameToolAction(upstream, name));
}

/** An upstream is named whole when all of its tools are to be taken away, and none of it was used. */
function sumUp(
  { agent, isUpstreamKept }: NarrowingQuestion,
  all: readonly PinnedTool[],
  unused: readonly PinnedTool[],
): Narrowed {
  const going = new Set(unused);
  const keeping = new Set(all.filter((tool) => !going.has(tool)).map(({ upstream }) => upstream));
  const whole = new Set(
    unused.map(({ upstream }) => upstream).filter((name) => !keeping.has(name) && !isUpstreamKept(name)),
  );
  const tools = unused.filter(({ upstream }) => !whole.has(upstream));
  return {
    agentId: agent.id,
    tools: tools.map(({ upstream, name }) => nameToolAction(upstream, name)).sort(),
    upstreams: [...whole].sort(),
  };
}

/** Why it cannot be proposed, as the official engine or the bundle in force has it. */
async function findFlaw(
  context: PolicyContext,
  change: PolicyNarrowing,
  narrowed: Narrowed,
): Promise<string | undefined> {
  const row = await findBundle(context.store.sql, change.base);
  if (row === undefined) return 'the policies in force are not kept any more';
  const files = addNarrowing(readFiles(row), change);
  const file = files.filter(({ name }) => name === change.file);
  const { policies, errors } = await compileBundle(file, listPinnedTools(context.upstreams));
  const [error] = errors;
  if (error !== undefined) return `the policies with it would not be valid: ${writeComplaint(error)}`;
  const written = policies.find(({ id }) => id === change.policyId);
  const read = written === undefined ? undefined : readNarrowing(written.json);
  const isSame = JSON.stringify(read) === JSON.stringify(narrowed);
  return isSame ? undefined : 'it cannot be written so that it takes away exactly this';
}
