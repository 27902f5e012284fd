import { AppError } from '@countersign/api';
import type { TokenParameters } from '../token-parameters.ts';

/** RFC 8707 §2.2: all of `resources` that were consented to, or what the client names of it. Throws `token.target_invalid`. */
export function chooseResources(
  { resources }: { readonly resources: string },
  parameters: TokenParameters,
): readonly string[] {
  const covered: readonly string[] = JSON.parse(resources);
  const wanted = [...new Set(parameters.all('resource'))];
  if (wanted.some((resource) => !covered.includes(resource))) throw new AppError('token.target_invalid');
  return wanted.length === 0 ? covered : wanted;
}
