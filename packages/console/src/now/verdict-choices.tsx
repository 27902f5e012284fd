import { Link } from '@tanstack/react-router';
import { type NowSearch, verdicts } from '../search.ts';
import { Choices } from '../shown/choices.tsx';
import { DecisionMark } from '../shown/decision-mark.tsx';

export function VerdictChoices({ show }: { readonly show: NowSearch['show'] }) {
  return (
    <Choices name="Which decisions">
      <Link to="/" search={{}} aria-current={show === undefined}>
        all
      </Link>
      {verdicts.map((verdict) => (
        <Link key={verdict} to="/" search={{ show: verdict }} aria-current={show === verdict}>
          <DecisionMark mark={verdict} word={verdict} />
        </Link>
      ))}
    </Choices>
  );
}
