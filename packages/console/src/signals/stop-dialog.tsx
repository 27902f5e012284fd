import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type SubmitEvent, useState } from 'react';
import { DecisionMark, Glyph } from '../shown/decision-mark.tsx';
import { Dialog } from '../shown/dialog.tsx';
import { IdLink } from '../shown/id-link.tsx';
import { Refusal } from '../shown/refusal.tsx';
import { postJson } from '../wire/request.ts';
import { type Stop, type StopScope, stopScopes } from './stop.ts';
import type { StopTarget } from './stop-target.ts';
import { TargetField } from './target-field.tsx';

interface Stopped {
  readonly stop: Stop;
  /** Action ids of the calls cut in flight. */
  readonly cut: readonly string[];
}

const reaches: Readonly<Record<StopScope, string>> = {
  agent: 'every call of one agent, and the tokens it could get',
  owner: 'every agent that one person owns',
  task: 'every call of one task',
  delegation: 'every task under one delegation, and under those passed on from it',
  tool: 'every call of one tool, by anybody',
  upstream: 'every call to one upstream, by anybody',
  everything: 'every call of every agent',
};

/** Stops something until an administrator lifts it; then shows what it cut. */
export function StopDialog({ target }: { readonly target: StopTarget }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [scope, setScope] = useState(target.scope);
  const stop = useMutation({
    mutationFn: (input: StopTarget & { readonly reason: string }) => postJson<Stopped>('/v1/signals', input),
    onSettled: () => client.invalidateQueries({ queryKey: ['stops'] }),
  });
  const close = () => void navigate({ to: '.', search: ({ stop: _, ...rest }) => rest });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const named = scope === 'everything' ? '*' : String(form.get('target') ?? '').trim();
    stop.mutate({ scope, target: named, reason: String(form.get('reason') ?? '').trim() });
  };
  if (stop.data !== undefined) return <StoppedDialog stopped={stop.data} onClose={close} />;
  return (
    <Dialog title="Stop" onClose={close}>
      <form onSubmit={submit} className="stop-form">
        <label>
          What
          <select
            value={scope}
            onChange={({ target: chosen }) =>
              setScope(stopScopes.find((known) => known === chosen.value) ?? 'agent')
            }
          >
            {stopScopes.map((known) => (
              <option key={known} value={known}>
                {known === 'owner' ? "a person's agents" : known}
              </option>
            ))}
          </select>
        </label>
        <TargetField key={scope} scope={scope} initial={scope === target.scope ? target.target : ''} />
        <label>
          Why
          <input
            name="reason"
            required
            maxLength={500}
            autoComplete="off"
            placeholder="Read later in the ledger"
          />
        </label>
        <p className="quiet">
          Refuses from now on {reaches[scope]}, and cuts calls in flight, until an administrator lifts it.
        </p>
        {stop.error && <Refusal error={stop.error} />}
        <p className="buttons">
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" className="stop-button" disabled={stop.isPending}>
            <Glyph mark="deny" />
            Stop {scope === 'everything' ? 'everything' : 'it'}
          </button>
        </p>
      </form>
    </Dialog>
  );
}

function StoppedDialog({ stopped, onClose }: { readonly stopped: Stopped; readonly onClose: () => void }) {
  const { cut } = stopped;
  return (
    <Dialog title="Stopped" onClose={onClose}>
      <p role="status">
        <DecisionMark mark="deny" word="In force." />{' '}
        {cut.length === 0
          ? 'No call was in flight.'
          : `${cut.length} in flight ${cut.length === 1 ? 'was' : 'were'} cut:`}
      </p>
      <ul className="plain-list cut">
        {cut.slice(0, 50).map((action) => (
          <li key={action}>
            <IdLink id={action} />
          </li>
        ))}
        {cut.length > 50 && <li>… {cut.length - 50} more, in the record</li>}
      </ul>
      <p className="buttons">
        <Link to="/signals">All stops</Link>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </p>
    </Dialog>
  );
}
