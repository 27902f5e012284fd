import type { HttpReply, TestPerson } from '@countersign/testkit';

export interface TestGroup {
  readonly id: string;
  readonly members: readonly { readonly id: string; readonly actionDigest: string }[];
}

/** What waits together with this request. */
export async function readGroup(person: TestPerson, approval: string): Promise<TestGroup> {
  const shown = await person.request('GET', `/v1/approvals/${approval}`);
  const { groupId } = shown.json as { groupId: string };
  const { json } = await person.request('GET', `/v1/approvals/groups/${groupId}`);
  const { members } = json as TestGroup;
  return { id: groupId, members: members.map(({ id, actionDigest }) => ({ id, actionDigest })) };
}

/** What the passkey makes of the challenge for these members. */
export async function assertGroup(person: TestPerson, { id, members }: TestGroup) {
  const { json } = await person.request('POST', `/v1/approvals/groups/${id}/challenge`, { members });
  return person.passkey.assert((json as { challenge: string }).challenge);
}

export async function signGroup(person: TestPerson, group: TestGroup): Promise<HttpReply> {
  const { id, members } = group;
  const assertion = await assertGroup(person, group);
  return person.request('POST', `/v1/approvals/groups/${id}/approve`, { members, assertion });
}
