/** Everything is permitted, but a payment only once a person has approved exactly it. */
export const ASK_BEFORE_PAY = `
@id("all")
permit (principal, action, resource);

@id("ask-before-pay")
@stepUp("approvers=role:approver; quorum=1; method=passkey; within=10m")
forbid (principal, action in Countersign::Action::"effect:spend", resource);
`;
