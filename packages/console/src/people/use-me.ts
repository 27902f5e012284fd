import { type Permission, permissions, type Role } from '@countersign/api';
import { useSuspenseQuery } from '@tanstack/react-query';
import { meQuery, type Person } from './person.ts';

/** Who is signed in, and what the permission table lets them do. The server decides; this only spares dead ends. */
export function useMe(): { readonly me: Person; readonly may: (permission: Permission) => boolean } {
  const { data: me } = useSuspenseQuery(meQuery);
  return { me, may: (permission) => mayDo(me.roles, permission) };
}

export function mayDo(roles: readonly Role[], permission: Permission): boolean {
  const allowed: readonly Role[] = permissions[permission];
  return roles.some((role) => allowed.includes(role));
}
