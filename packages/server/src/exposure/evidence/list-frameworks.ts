import type { Framework } from './framework.ts';
import { csaMaestro1 } from './frameworks/csa-maestro-1.ts';
import { nistAi6001 } from './frameworks/nist-ai-600-1.ts';
import { nistAiRmf10 } from './frameworks/nist-ai-rmf-1-0.ts';
import { nistCsf20 } from './frameworks/nist-csf-2-0.ts';
import { owaspAgentic2026 } from './frameworks/owasp-agentic-2026.ts';
import { owaspNhi2025 } from './frameworks/owasp-nhi-2025.ts';

const listed = [
  owaspAgentic2026,
  owaspNhi2025,
  nistAiRmf10,
  nistAi6001,
  nistCsf20,
  csaMaestro1,
] as const satisfies readonly Framework[];

export type FrameworkId = (typeof listed)[number]['id'];

/** Every framework, in the order in which it is shown. */
export const frameworks: readonly (Framework & { readonly id: FrameworkId })[] = listed;

export const frameworkIds: readonly FrameworkId[] = frameworks.map(({ id }) => id);
