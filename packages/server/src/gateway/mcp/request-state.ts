import { AppError } from '@countersign/api';
import type { MasterKey } from '../../platform/master-key.ts';

/** What a `requestState` that we gave out stands for. Sealed: the caller can neither read nor change it. */
export interface RequestState {
  readonly agent: string;
  readonly key: string;
  readonly task: string;
  /** Digest of method and parameters: it continues this very request only. */
  readonly request: string;
  readonly expiresAt: number;
  /** The approval that is waited for, or the upstream's own state, which we never read. */
  readonly approval?: string;
  readonly upstream?: string;
}

const purpose = 'mcp.request_state';
export const requestStateSeconds = 900;
const longestSealed = 64 * 1024;

export function sealRequestState(masterKey: MasterKey, state: RequestState): string {
  return masterKey.seal(JSON.stringify(state), purpose);
}

/** Throws `approval.state_invalid` for anything we did not seal for this purpose, or that is too old. */
export function openRequestState(masterKey: MasterKey, sealed: unknown, now: number): RequestState {
  if (typeof sealed !== 'string' || sealed.length > longestSealed)
    throw new AppError('approval.state_invalid');
  let state: RequestState;
  try {
    state = JSON.parse(masterKey.open(sealed, purpose));
  } catch {
    throw new AppError('approval.state_invalid');
  }
  if (state.expiresAt <= now) throw new AppError('approval.state_invalid');
  return state;
}
