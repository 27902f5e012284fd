import { DecisionMark, type Mark } from '../shown/decision-mark.tsx';
import { Honest } from '../shown/honest.tsx';
import { Identifier } from '../shown/identifier.tsx';
import { Countdown, Moment } from '../shown/moment.tsx';
import type { Approval } from './approval.ts';

const ends: Readonly<Record<Approval['state'], readonly [Mark, string]>> = {
  requested: ['ask', 'waiting'],
  approved: ['allow', 'approved, not used yet'],
  released: ['allow', 'approved and used once'],
  denied: ['deny', 'denied'],
  expired: ['deny', 'nobody decided in time'],
  cancelled: ['deny', 'cancelled'],
};

const asked: Readonly<Record<Approval['kind'], string | null>> = {
  call: null,
  once: 'asks to do once',
  authority: 'asks for authority',
  amendment: 'asks to go beyond its plan',
};

const authorityEnds: typeof ends = {
  ...ends,
  approved: ['allow', 'given, not fetched yet'],
  released: ['allow', 'given'],
};

const amendmentEnds: typeof ends = { ...ends, released: ['allow', 'approved: the plan is changed'] };

const endsOf: Readonly<Record<Approval['kind'], typeof ends>> = {
  call: ends,
  once: ends,
  authority: authorityEnds,
  amendment: amendmentEnds,
};

/** One request. It leads to the server's own page, the only place where it can be decided. */
export function ApprovalRow({ approval }: { readonly approval: Approval }) {
  const { presented, requirement, state } = approval;
  const isProduction = /^prod/i.test(presented.environment);
  const [mark, word] = endsOf[approval.kind][state];
  return (
    <li>
      <a data-row href={`/approvals/${approval.id}`}>
        <span className="sentence">
          <Sentence parts={presented.sentence} />
        </span>
        <span className="about">
          {asked[approval.kind] !== null && <b>{asked[approval.kind]}</b>}
          <span className={isProduction ? 'environment production' : 'environment'}>
            <Honest text={presented.environment} />
          </span>
          <span>
            for <Honest text={presented.requesterName} />
          </span>
          <span>
            <Honest text={presented.consequence} />
          </span>
          {presented.message !== null && (
            <span className="quiet">
              says “<Honest text={presented.message} />”
            </span>
          )}
        </span>
        {presented.chips.length > 0 && (
          <span className="chips">
            {presented.chips.map((chip) => (
              <span key={chip}>! {chip}</span>
            ))}
          </span>
        )}
      </a>
      <span className="standing">
        {state === 'requested' ? (
          <>
            <span className="left">
              <Countdown until={approval.expiresAt} /> <span className="quiet">then denied</span>
            </span>
            <span className="quiet">
              {approval.approvals} of {requirement.quorum} approved
            </span>
          </>
        ) : (
          <>
            <DecisionMark mark={mark} word={word} />
            <Moment at={approval.decidedAt ?? approval.requestedAt} />
          </>
        )}
        <Identifier id={approval.id} isShort />
      </span>
    </li>
  );
}

function Sentence({ parts }: { readonly parts: Approval['presented']['sentence'] }) {
  return parts.map(({ text, strong }, index) => {
    const Part = strong ? 'b' : 'span';
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a stored sentence never move
      <Part key={index}>
        <Honest text={text} />
      </Part>
    );
  });
}
