import type { Agent } from './agent.ts';

/** An agent of an owner who is not active may do nothing, whatever its own state. */
export function AgentStateMark({ agent }: { readonly agent: Pick<Agent, 'state' | 'ownerState'> }) {
  const isHeld = agent.state === 'active' && agent.ownerState !== 'active';
  const word = isHeld ? `owner ${agent.ownerState}` : agent.state;
  return <span className={`state-mark ${agent.state === 'active' && !isHeld ? 'good' : 'off'}`}>{word}</span>;
}
