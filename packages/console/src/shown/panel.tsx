import type { ReactNode } from 'react';

/** What is open beside a list. */
export function Panel(props: {
  readonly title: ReactNode;
  readonly close: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className="panel" aria-label="Opened">
      <header>
        <h2>{props.title}</h2>
        {props.close}
      </header>
      {props.children}
    </section>
  );
}
