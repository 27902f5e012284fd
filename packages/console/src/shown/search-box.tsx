import type { SubmitEvent } from 'react';

/** Searches on Enter; `/` leads here. */
export function SearchBox(props: {
  readonly label: string;
  readonly value: string;
  readonly onSearch: (text: string) => unknown;
}) {
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    props.onSearch(String(new FormData(event.currentTarget).get('text') ?? '').trim());
  };
  return (
    <search className="search">
      <form onSubmit={submit}>
        <input
          key={props.value}
          data-search
          type="search"
          name="text"
          maxLength={264}
          autoComplete="off"
          spellCheck={false}
          aria-label={props.label}
          placeholder={props.label}
          defaultValue={props.value}
        />
        <kbd title="Press / to search">/</kbd>
      </form>
    </search>
  );
}
