import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { isSignedOut } from './is-signed-out.ts';
import { leaveToSignIn } from './leave-to-sign-in.ts';
import { Problem } from './problem.ts';

export function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: leaveIfSignedOut }),
    mutationCache: new MutationCache({ onError: leaveIfSignedOut }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // A refusal stays a refusal; only a connection may come back.
        retry: (count, error) => !(error instanceof Problem) && count < 3,
      },
    },
  });
}

function leaveIfSignedOut(error: Error): void {
  if (isSignedOut(error)) leaveToSignIn();
}
