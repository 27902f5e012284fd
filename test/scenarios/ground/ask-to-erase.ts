import type { HttpReply, TestPerson } from '@countersign/testkit';
import { requireDone } from './use-scene.ts';

/** One asks for an erasure and signs it; what is returned has the other sign it too, which carries it out. */
export async function askToErase(
  first: TestPerson,
  second: TestPerson,
  asked: { readonly id: string; readonly digest: string; readonly reason: string },
): Promise<() => Promise<HttpReply>> {
  const { id } = requireDone<{ id: string }>(await first.request('POST', '/v1/ledger/erasures', asked));
  requireDone(await signErasure(first, id));
  const assertion = await beginSigning(second, id);
  return () => second.request('POST', `/v1/ledger/erasures/${id}/sign`, { assertion });
}

export async function signErasure(person: TestPerson, id: string): Promise<HttpReply> {
  const begun = await person.request('POST', `/v1/ledger/erasures/${id}/challenge`, {});
  if (begun.status !== 200) return begun;
  const { challenge } = requireDone<{ challenge: string }>(begun);
  const assertion = person.passkey.assert(challenge);
  return person.request('POST', `/v1/ledger/erasures/${id}/sign`, { assertion });
}

async function beginSigning(person: TestPerson, id: string): Promise<unknown> {
  const begun = await person.request('POST', `/v1/ledger/erasures/${id}/challenge`, {});
  return person.passkey.assert(requireDone<{ challenge: string }>(begun).challenge);
}
