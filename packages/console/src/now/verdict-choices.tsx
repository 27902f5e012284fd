import { Link } from '@tanstack/react-router';
import { verdicts } from '../search.ts';
import { Choices, exactly } from '../shown/choices.tsx';
import { DecisionMark } from '../shown/decision-mark.tsx';

export function VerdictChoices() {
  return (
    <Choices name="Which decisions">
      <Link activeOptions={exactly} to="/" search={{}}>
        all
      </Link>
      {verdicts.map((verdict) => (
        <Link activeOptions={exactly} key={verdict} to="/" search={{ show: verdict }}>
          <DecisionMark mark={verdict} word={verdict} />
        </Link>
      ))}
    </Choices>
  );
}
