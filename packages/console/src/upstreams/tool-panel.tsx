import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMe } from '../people/use-me.ts';
import { Command } from '../shown/command.tsx';
import { Field } from '../shown/field.tsx';
import { Honest } from '../shown/honest.tsx';
import { Identifier } from '../shown/identifier.tsx';
import { JsonObject } from '../shown/json-value.tsx';
import { Moment } from '../shown/moment.tsx';
import { Panel } from '../shown/panel.tsx';
import { Refusal } from '../shown/refusal.tsx';
import { postJson } from '../wire/request.ts';
import { ToolDifferences } from './tool-differences.tsx';
import { type Tool, type ToolReview, toolPath, toolQuery } from './upstream.ts';

/** One tool: what it is known to do, what changed in it and what that hides, before anybody accepts it. */
export function ToolPanel({ upstream, tool }: { readonly upstream: string; readonly tool: string }) {
  const { data, error } = useQuery(toolQuery(upstream, tool));
  return (
    <Panel
      title={<Honest text={tool} />}
      close={
        <Link
          data-close
          to="/upstreams/$upstream"
          params={{ upstream }}
          search={{}}
          aria-label="Close"
          className="plain"
        >
          ×
        </Link>
      }
    >
      {error && <Refusal error={error} />}
      {data === undefined && !error && <p className="quiet">Reading…</p>}
      {data !== undefined && (
        <>
          <Facts tool={data} />
          <Findings findings={data.findings} />
          <ToolDifferences review={data} />
          {data.state === 'quarantined' && data.offeredDigest !== null && (
            <Accept review={data} digest={data.offeredDigest} />
          )}
          {data.pinned !== null && (
            <details>
              <summary>The whole definition in force</summary>
              <JsonObject value={data.pinned} />
            </details>
          )}
          {data.offered !== null && (
            <details open={data.pinned === null}>
              <summary>The whole definition offered</summary>
              <JsonObject value={data.offered} />
            </details>
          )}
          <Command text={`countersign upstreams diff ${quote(`${upstream}/${tool}`)}`} />
        </>
      )}
    </Panel>
  );
}

function Facts({ tool }: { readonly tool: Tool }) {
  return (
    <dl className="facts">
      <Field name="Effects">
        {tool.effects.join(', ')}{' '}
        <span className="quiet">{tool.confirmed ? 'confirmed' : 'not confirmed'}</span>
      </Field>
      <Field name="Reversible">{tool.reversibility}</Field>
      <Field name="Data domain">{tool.dataDomain}</Field>
      <Field name="Proposed">
        {tool.proposal.effects.join(', ')}{' '}
        <span className="quiet">
          <Honest text={tool.proposal.because.join('; ')} />
        </span>
      </Field>
      <Field name="Digest">
        <Identifier id={tool.offeredDigest ?? tool.digest} />
      </Field>
      <Field name="Pinned">
        <Moment at={tool.pinnedAt} />
      </Field>
    </dl>
  );
}

function Findings({ findings }: Pick<Tool, 'findings'>) {
  if (findings.length === 0) return null;
  return (
    <section>
      <h3>
        What the scan found <span className="quiet">{findings.length}</span>
      </h3>
      <ul className="plain-list">
        {findings.map(({ kind, grade, path, because }) => (
          <li key={`${kind} ${path} ${because}`}>
            <b>{grade}</b> {kind.replaceAll('_', ' ')}{' '}
            <code>
              <Honest text={path} />
            </code>
            <span className="block">
              <Honest text={because} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Accepts exactly what is shown here; to leave it held is to refuse it. */
function Accept({ review, digest }: { readonly review: ToolReview; readonly digest: string }) {
  const client = useQueryClient();
  const { may } = useMe();
  const findings = review.findingsDigest ?? undefined;
  const accept = useMutation({
    mutationFn: () => postJson(`${toolPath(review.upstream, review.name)}/accept`, { digest, findings }),
    onSettled: () => client.invalidateQueries(),
  });
  const seen = findings === undefined ? '' : ` --findings ${findings}`;
  const named = quote(`${review.upstream}/${review.name}`);
  return (
    <section>
      <h3>Held</h3>
      <p>
        {review.pinned === null
          ? 'This tool is new. Nobody can call it until a person accepts it; to refuse it, leave it held.'
          : 'It changed. Nobody can call it until a person accepts the change; to refuse it, leave it held.'}
      </p>
      {may('upstreams.change') ? (
        <p>
          <button type="button" disabled={accept.isPending} onClick={() => accept.mutate()}>
            Accept exactly this
          </button>
        </p>
      ) : (
        <p className="quiet">Only an administrator can accept it.</p>
      )}
      {accept.error && <Refusal error={accept.error} />}
      <Command text={`countersign upstreams accept ${named} --digest ${digest}${seen}`} />
    </section>
  );
}

/** As one word of a shell: the name comes from the upstream. */
const quote = (text: string): string =>
  /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
