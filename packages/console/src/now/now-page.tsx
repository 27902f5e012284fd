import { useSearch } from '@tanstack/react-router';
import { useLedgerTail } from '../ledger/use-ledger-tail.ts';
import { useMe } from '../people/use-me.ts';
import { Empty } from '../shown/empty.tsx';
import { LiveDot } from '../shown/live-dot.tsx';
import { Refusal } from '../shown/refusal.tsx';
import { DecisionStream } from './decision-stream.tsx';
import { LastHour } from './last-hour.tsx';
import { listActions } from './list-actions.ts';
import { StateSentence } from './state-sentence.tsx';
import { VerdictChoices } from './verdict-choices.tsx';
import { WaitingStrip } from './waiting-strip.tsx';

/** The state of the house in a sentence, what waits for a person, and every decision as it is made. */
export function NowPage() {
  const { may } = useMe();
  return (
    <div className="page">
      <title>Now · Countersign</title>
      <StateSentence />
      {may('approvals.read') && <WaitingStrip />}
      {may('ledger.read') && <Decisions />}
    </div>
  );
}

function Decisions() {
  const { show } = useSearch({ from: '/' });
  const tail = useLedgerTail();
  const shown = listActions(tail.records).filter(({ mark }) => show === undefined || mark === show);
  return (
    <>
      <LastHour tail={tail.records} />
      <section aria-label="Decisions">
        <header className="section-header">
          <h2>Decisions</h2>
          <LiveDot isLive={tail.isLive} />
          <VerdictChoices />
        </header>
        {tail.error && <Refusal error={tail.error} />}
        {tail.isLoaded && shown.length === 0 && (
          <Empty
            command={
              show === undefined ? 'countersign demo' : 'countersign ledger search --kind action.decision'
            }
          >
            {show === undefined
              ? 'No agent has asked for anything yet. The demo makes one call that is allowed, one that is denied and one that needs you.'
              : 'Nothing like this among the newest records.'}
          </Empty>
        )}
        <DecisionStream actions={shown.slice(0, 60)} />
      </section>
    </>
  );
}
