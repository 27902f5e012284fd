/** The fixture of the AuthZEN 1.0 certification scenario (§3): its subjects, resources, actions and eight rules. */
export const certificationFiles = [
  {
    name: 'certification.cedarschema',
    text: `entity user { role?: String };
entity record { status?: String };
action read, write appliesTo { principal: user, resource: record };
action delete appliesTo { principal: user, resource: record, context: { action?: { soft?: Bool } } };
`,
  },
  {
    name: 'certification.entities.json',
    text: JSON.stringify([
      { uid: { type: 'user', id: 'alice' }, attrs: {}, parents: [] },
      { uid: { type: 'user', id: 'bob' }, attrs: { role: 'admin' }, parents: [] },
      { uid: { type: 'record', id: 'record-1' }, attrs: { status: 'active' }, parents: [] },
      { uid: { type: 'record', id: 'record-2' }, attrs: { status: 'archived' }, parents: [] },
    ]),
  },
  {
    name: 'certification.cedar',
    text: `@id("read")
permit (principal, action == Action::"read", resource)
when { principal == user::"alice" || principal == user::"bob" };

@id("alice-writes-active")
permit (principal == user::"alice", action == Action::"write", resource)
unless { resource has status && resource.status == "archived" };

@id("admins-write-archived")
permit (principal, action == Action::"write", resource)
when { principal has role && principal.role == "admin" && resource has status && resource.status == "archived" };

@id("alice-deletes-softly")
permit (principal == user::"alice", action == Action::"delete", resource)
when { context has action && context.action has soft && context.action.soft };
`,
  },
] as const;
