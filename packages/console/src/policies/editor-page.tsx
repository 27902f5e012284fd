import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useMe } from '../people/use-me.ts';
import { Refusal } from '../shown/refusal.tsx';
import { bundleQuery, type WholeBundle } from './bundle.ts';
import { type Draft, forgetDraft, isSameText, keepDraft, readDraft, writeText } from './draft.ts';
import { DraftChecks } from './draft-checks.tsx';
import { OtherChange } from './other-change.tsx';

/** The policies in force, to be changed, checked and put in force. */
export function EditorPage() {
  const { may } = useMe();
  const { data, error } = useQuery({ ...bundleQuery('active'), refetchInterval: 15_000 });
  return (
    <div className="page">
      <title>Edit policies · Countersign</title>
      <header className="page-header">
        <h1>Edit policies</h1>
        <Link to="/policies">All versions</Link>
      </header>
      {error && <Refusal error={error} />}
      {data === undefined && !error && <p className="quiet">Reading…</p>}
      {data !== undefined && !may('policies.activate') && (
        <p>Only an administrator can put policies in force.</p>
      )}
      {data?.isKeptInFolder && (
        <p>The policies of this server are kept in a folder: change its files, they are read at once.</p>
      )}
      {data !== undefined && may('policies.activate') && !data.isKeptInFolder && <Editor active={data} />}
    </div>
  );
}

function Editor({ active }: { readonly active: WholeBundle }) {
  const [draft, setDraft] = useState<Draft>(() => readDraft(sessionStorage) ?? begin(active));
  const client = useQueryClient();
  const [isKept, setKept] = useState(true);
  const [chosen, setChosen] = useState(draft.files[0]?.name ?? '');
  const file = draft.files.find(({ name }) => name === chosen) ?? draft.files[0];
  const change = (next: Draft) => {
    setDraft(next);
    setKept(keepDraft(sessionStorage, next));
  };
  const startAnew = () => {
    forgetDraft(sessionStorage);
    setDraft(begin(active));
    setKept(true);
  };
  if (file === undefined) return <p>There is no file.</p>;
  return (
    <>
      {draft.base !== active.version && (
        <OtherChange
          base={draft.base}
          active={active.version}
          onTaken={() => change({ ...draft, base: active.version })}
          onAnew={startAnew}
        />
      )}
      <label className="editor-file">
        File
        <select value={file.name} onChange={({ target }) => setChosen(target.value)}>
          {draft.files.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <textarea
        className="editor"
        aria-label={`Text of ${file.name}`}
        spellCheck={false}
        autoComplete="off"
        value={file.text}
        onChange={({ target }) => change(writeText(draft, file.name, target.value))}
      />
      {!isKept && <p role="alert">This browser cannot keep the draft: a reload would lose it.</p>}
      <DraftChecks
        draft={draft}
        isChanged={!isSameText(draft.files, active.files)}
        isLate={draft.base !== active.version}
        onInForce={(version, files) => {
          // At once, so that what is our own change never looks like another's.
          client.setQueryData(bundleQuery('active').queryKey, (now) => now && { ...now, version, files });
          forgetDraft(sessionStorage);
          setDraft((now) => ({ ...now, base: version }));
        }}
        onPlace={setChosen}
        onAnew={startAnew}
      />
    </>
  );
}

const begin = ({ version, files }: WholeBundle): Draft => ({ base: version, files });
