import { useQuery } from '@tanstack/react-query';
import { getJson } from './request.ts';

interface Version {
  readonly version: string;
  readonly environment: string;
}

/** What runs here and for which environment. */
export function useVersion(): Version | undefined {
  const { data } = useQuery({
    queryKey: ['version'],
    queryFn: ({ signal }) => getJson<Version>('/version', {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data;
}
