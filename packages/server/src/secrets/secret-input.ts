import { z } from 'zod';
import { longestSecretName } from '../plugins/secret-store/secret-name.ts';

export const secretName = z.string().max(longestSecretName);
export const secretValue = z.string().max(16_384);
