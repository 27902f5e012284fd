import { jwtVerify } from 'jose';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { asymmetricAlgorithms } from '../../platform/asymmetric-algorithms.ts';
import type { Organisation } from '../organisation.ts';

type Asking = Pick<Context, 'config' | 'organisations' | 'platform' | 'store'>;

const type = 'countersign-acknowledgement+jwt';
const atOnce = 32;
const pauseMilliseconds = 250;
const firstPauseMilliseconds = 500;
const longestPauseMilliseconds = 60_000;
/** An assertion may be taken until its end; whoever was away then may be asked a while longer. */
export const askedMilliseconds = 900_000;

const claims = z.object({
  assertion: z.string(),
  countersign_record: z.string().regex(/^rec_[0-9A-Za-z]{1,64}$/),
});

/**
 * Asks those towards whom we vouched for an agent under which record they took our word, ever less often, and records what
 * they say under their pinned key: so each ledger names the other's record, whatever the agent between them tells. Returns
 * when to look again.
 */
export async function askAcknowledgements(context: Asking): Promise<number> {
  const { organisations, platform, store } = context;
  if (organisations.list().length === 0) return platform.now() + pauseMilliseconds;
  const rows = await store.sql
    .selectFrom('organisation_vouched')
    .selectAll()
    .where('next_at', '<=', platform.now())
    .orderBy('next_at')
    .limit(atOnce)
    .execute();
  await Promise.all(rows.map((row) => askOne(context, row)));
  return platform.now() + pauseMilliseconds;
}

type Vouched = Awaited<ReturnType<typeof readVouched>>[number];

function readVouched({ store }: Asking) {
  return store.sql.selectFrom('organisation_vouched').selectAll().execute();
}

async function askOne(context: Asking, row: Vouched): Promise<void> {
  const { organisations, platform } = context;
  const organisation = organisations.findByIssuer(row.audience);
  const theirs =
    organisation === undefined ? undefined : await ask(context, organisation, row).catch(() => undefined);
  if (theirs !== undefined && organisation !== undefined)
    return recordAnswer(context, row, organisation, theirs);
  const pause = Math.min(longestPauseMilliseconds, firstPauseMilliseconds * 2 ** Math.min(row.tries, 12));
  const nextAt = platform.now() + pause;
  if (nextAt >= row.expires_at) await forget(context, row.digest);
  else
    await context.store.sql
      .updateTable('organisation_vouched')
      .set({ tries: row.tries + 1, next_at: nextAt })
      .where('digest', '=', row.digest)
      .execute();
}

/** Hostile until their key says otherwise. */
async function ask(
  { config, organisations, platform }: Asking,
  organisation: Organisation,
  { audience, digest }: Vouched,
): Promise<string> {
  const pinned = organisation.terms.issuers.find(({ issuer }) => issuer === audience);
  if (pinned === undefined) throw new Error('the issuer is trusted no more');
  const url = `${audience.replace(/\/$/, '')}/oauth/acknowledgements/${digest}`;
  const text = await organisations.fetch(url, 'application/jwt');
  const { payload } = await jwtVerify(text, organisations.keysOf(pinned), {
    ...{ algorithms: asymmetricAlgorithms, issuer: audience, typ: type },
    ...{ audience: config.server.publicUrl, currentDate: new Date(platform.now()) },
    clockTolerance: config.tokens.clockSkewSeconds,
  });
  const said = claims.parse(payload);
  if (said.assertion !== digest) throw new Error('it is about another assertion');
  return said.countersign_record;
}

async function recordAnswer(
  { platform, store }: Asking,
  row: Vouched,
  organisation: Organisation,
  theirRecord: string,
): Promise<void> {
  await store.transaction(async (tx) => {
    const gone = await tx.sql
      .deleteFrom('organisation_vouched')
      .where('digest', '=', row.digest)
      .executeTakeFirst();
    // Another gateway has asked, too.
    if (gone.numDeletedRows === 0n) return;
    tx.record({
      ...{ id: platform.newId('rec'), kind: 'organisation.assertion_acknowledged', at: platform.now() },
      ...{ causes: [row.record], agent: row.agent_id, task: row.task_id },
      body: {
        organisation: organisation.name,
        audience: row.audience,
        assertion: row.assertion,
        theirRecord,
      },
    });
  });
}

async function forget({ store }: Asking, digest: string): Promise<void> {
  await store.sql.deleteFrom('organisation_vouched').where('digest', '=', digest).execute();
}
