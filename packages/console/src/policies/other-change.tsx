import { RuleDifference } from './rule-difference.tsx';

/** Somebody else put policies in force since this draft was begun: what they changed, before anything of theirs is undone. */
export function OtherChange(props: {
  readonly base: string;
  readonly active: string;
  readonly onTaken: () => void;
  readonly onAnew: () => void;
}) {
  return (
    <section className="other-change" role="alert">
      <h2>Other policies were put in force since you began</h2>
      <p>Your text is untouched. To put it in force now would undo this change:</p>
      <RuleDifference from={props.base} to={props.active} />
      <p className="buttons">
        <button type="button" onClick={props.onAnew}>
          Drop my text and begin with theirs
        </button>
        <button type="button" onClick={props.onTaken}>
          My text has what I want of it
        </button>
      </p>
    </section>
  );
}
