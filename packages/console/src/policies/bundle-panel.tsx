import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useMe } from '../people/use-me.ts';
import { Command } from '../shown/command.tsx';
import { Field } from '../shown/field.tsx';
import { Honest } from '../shown/honest.tsx';
import { Identifier } from '../shown/identifier.tsx';
import { Moment } from '../shown/moment.tsx';
import { Named } from '../shown/named.tsx';
import { Panel } from '../shown/panel.tsx';
import { Refusal } from '../shown/refusal.tsx';
import { postJson } from '../wire/request.ts';
import { bundleQuery, type Rule, type WholeBundle } from './bundle.ts';
import { BundleState } from './policies-page.tsx';
import { RuleDifference } from './rule-difference.tsx';

/** One bundle: who wrote it, its rules, and what differs from those in force. */
export function BundlePanel() {
  const { version } = useParams({ from: '/policies/$version' });
  const { data, error } = useQuery(bundleQuery(version));
  return (
    <Panel
      title={<code>{data?.version ?? 'Policies'}</code>}
      close={
        <Link
          data-close
          from="/policies"
          to="/policies"
          search={(now) => now}
          aria-label="Close"
          className="plain"
        >
          ×
        </Link>
      }
    >
      {error && <Refusal error={error} />}
      {data !== undefined && (
        <>
          <Facts bundle={data} />
          <Misfits misfits={data.misfits} />
          {!data.isActive && <AgainInForce bundle={data} />}
          <Rules rules={data.policies} />
          {data.files.map((file) => (
            <details key={file.name}>
              <summary>
                {file.name} <span className="quiet">{file.text.split('\n').length} lines</span>
              </summary>
              <pre className="cedar">
                <Honest text={file.text} />
              </pre>
            </details>
          ))}
          <Command text={`countersign policies show ${data.version}`} />
        </>
      )}
    </Panel>
  );
}

function Facts({ bundle }: { readonly bundle: WholeBundle }) {
  return (
    <dl className="facts">
      <Field name="State">
        <BundleState bundle={bundle} />
      </Field>
      <Field name="Author">{bundle.author !== null && <Named id={bundle.author} />}</Field>
      <Field name="In force">
        {bundle.activatedAt === null ? 'never' : <Moment at={bundle.activatedAt} />}
      </Field>
      <Field name="Digest">
        <Identifier id={bundle.digest} />
      </Field>
    </dl>
  );
}

function Misfits({ misfits }: Pick<WholeBundle, 'misfits'>) {
  const tools = Object.entries(misfits);
  if (tools.length === 0) return null;
  return (
    <section>
      <h3>Denied because policies do not fit</h3>
      <ul className="plain-list">
        {tools.map(([tool, ids]) => (
          <li key={tool}>
            <Honest text={tool} /> <span className="quiet">{ids.join(', ')}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Rules({ rules }: { readonly rules: readonly Rule[] }) {
  return (
    <section>
      <h3>
        Rules <span className="quiet">{rules.length}</span>
      </h3>
      <ul className="plain-list">
        {rules.map((rule) => (
          <li key={rule.id}>
            <code>
              <Honest text={rule.id} />
            </code>{' '}
            <span className="quiet">{rule.stepUp === null ? rule.effect : 'asks a person'}</span>
            {rule.description !== null && (
              <span className="quiet block">
                <Honest text={rule.description} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function AgainInForce({ bundle }: { readonly bundle: WholeBundle }) {
  const client = useQueryClient();
  const { may } = useMe();
  const { data: active } = useQuery(bundleQuery('active'));
  const activate = useMutation({
    mutationFn: (base: string) => postJson('/v1/policies', { version: bundle.version, base }),
    onSettled: () => client.invalidateQueries(),
  });
  if (active === undefined) return null;
  return (
    <section>
      <h3>What would differ from now</h3>
      <RuleDifference from={active.version} to={bundle.version} />
      {active.isKeptInFolder && (
        <p className="quiet">The policies of this server are kept in a folder: change its files.</p>
      )}
      {may('policies.activate') && !active.isKeptInFolder && (
        <p>
          <button type="button" disabled={activate.isPending} onClick={() => activate.mutate(active.version)}>
            Put in force again
          </button>
        </p>
      )}
      {activate.error && <Refusal error={activate.error} />}
      <Command text={`countersign policies activate --bundle ${bundle.version} --base ${active.version}`} />
    </section>
  );
}
