import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Command } from '../shown/command.tsx';
import { Honest } from '../shown/honest.tsx';
import { Refusal } from '../shown/refusal.tsx';
import { Problem } from '../wire/problem.ts';
import { postJson } from '../wire/request.ts';
import type { PolicyFile, Validation } from './bundle.ts';
import type { Draft } from './draft.ts';

/** What the server says of a draft, and putting it in force once it has nothing against exactly this text. */
export function DraftChecks(props: {
  readonly draft: Draft;
  readonly isChanged: boolean;
  readonly isLate: boolean;
  readonly onInForce: (version: string, files: readonly PolicyFile[]) => void;
  readonly onPlace: (file: string) => void;
  readonly onAnew: () => void;
}) {
  const { draft, isChanged, isLate } = props;
  const client = useQueryClient();
  const check = useMutation({
    mutationFn: ({ files }: Draft) => postJson<Validation>('/v1/policies/validate', { files }),
  });
  const activate = useMutation({
    mutationFn: ({ base, files }: Draft) =>
      postJson<{ readonly version: string }>('/v1/policies', { files, base }),
    onSuccess: ({ version }, { files }) => props.onInForce(version, files),
    onSettled: () => client.invalidateQueries(),
  });
  const isChecked = check.variables?.files === draft.files && check.data !== undefined;
  const mayActivate = isChanged && !isLate && isChecked && check.data.valid;
  return (
    <>
      <p className="buttons">
        <button type="button" disabled={!isChanged} onClick={props.onAnew}>
          Undo all
        </button>
        <button type="button" disabled={check.isPending} onClick={() => check.mutate(draft)}>
          Check
        </button>
        <button
          type="button"
          disabled={!mayActivate || activate.isPending}
          onClick={() => activate.mutate(draft)}
        >
          Put in force
        </button>
      </p>
      <p className="quiet" role="status">
        {sayState({ isChanged, isLate, isChecked, validation: check.data })}
      </p>
      {check.error && <Refusal error={check.error} />}
      {activate.error && isOfThisDraft(activate.error, activate.variables, draft) && (
        <Refusal error={activate.error} />
      )}
      {isChecked && <Complaints validation={check.data} onPlace={props.onPlace} />}
      <Command text={`countersign policies activate policies/ --base ${draft.base}`} />
    </>
  );
}

/** That others were quicker is said above the text, with what they changed. */
function isOfThisDraft(error: Error, sent: Draft | undefined, draft: Draft): boolean {
  const isLate = error instanceof Problem && error.code === 'policy.changed_meanwhile';
  return !isLate && sent?.files === draft.files;
}

function sayState(state: {
  readonly isChanged: boolean;
  readonly isLate: boolean;
  readonly isChecked: boolean;
  readonly validation: Validation | undefined;
}): string {
  const { isChanged, isLate, isChecked, validation } = state;
  if (!isChanged) return 'This is what is in force.';
  if (isLate) return 'First look at what others changed.';
  if (!isChecked || validation === undefined) return 'Not checked yet as it stands here.';
  const { valid, policies } = validation;
  return valid
    ? `The server can put these ${policies.length} rules in force.`
    : 'The server would refuse this.';
}

function Complaints(props: { readonly validation: Validation; readonly onPlace: (file: string) => void }) {
  const { complaints, dropped } = props.validation;
  return (
    <>
      {complaints.length > 0 && (
        <ul className="plain-list" aria-label="Complaints">
          {complaints.slice(0, 200).map(({ severity, file, line, column, message }) => (
            <li key={`${file}:${line}:${column}:${message}`}>
              <button type="button" className="plain" onClick={() => props.onPlace(file)}>
                {file}:{line}:{column}
              </button>{' '}
              <b>{severity}</b> <Honest text={message} />
            </li>
          ))}
          {complaints.length > 200 && <li>… {complaints.length - 200} more</li>}
        </ul>
      )}
      {dropped.length > 0 && (
        <p role="alert">
          This gives back what access reviews had taken away:{' '}
          {dropped.map(({ policyId }) => policyId).join(', ')}
        </p>
      )}
    </>
  );
}
