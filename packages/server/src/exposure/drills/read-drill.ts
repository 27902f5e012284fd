import { AppError } from '@countersign/api';
import { sha256 } from '../../platform/sha256.ts';
import { readYaml } from '../../policies/index.ts';
import { drillSchema, type KnownDrill } from './drill-schema.ts';

const longestText = 131_072;

/** Reads one drill, which may be hostile text. Throws `exposure.drill_invalid` with the lines at fault. */
export function readDrill(
  file: { readonly name: string; readonly text: string },
  source: KnownDrill['source'],
): KnownDrill {
  const { name, text } = file;
  if (text.length > longestText) throw refuse(`${name}: longer than ${longestText} characters`);
  const read = readYaml(file, drillSchema);
  if (!read.ok) {
    const mistakes = read.mistakes.slice(0, 10).map((one) => `${one.file}:${one.line} ${one.message}`);
    throw refuse(mistakes.join('; '), { mistakes: read.mistakes });
  }
  const drill = read.value;
  const known = new Set(Object.keys(drill.agents));
  const named = drill.steps.flatMap((step) => [
    ...('by' in step && step.by !== undefined ? [step.by] : []),
    ...('of' in step && step.of !== undefined ? [step.of] : []),
    ...('revoke' in step ? [step.revoke] : []),
    ...('passOn' in step ? [step.passOn.from, step.passOn.to] : []),
  ]);
  const stranger = named.find((one) => !known.has(one));
  if (stranger !== undefined) throw refuse(`${name}: there is no agent "${stranger}"`);
  if (!drill.steps.some(isProof)) throw refuse(`${name}: nothing in it has to be contained`);
  return { drill, source, file: name, digest: sha256(text) };
}

/** A drill whose steps could not fail would show nothing. */
function isProof(step: KnownDrill['drill']['steps'][number]): boolean {
  if ('expect' in step) return step.expect !== 'allowed';
  return 'reach' in step || ('cuts' in step && step.cuts.length > 0);
}

function refuse(detail: string, data?: Readonly<Record<string, unknown>>): AppError {
  return new AppError('exposure.drill_invalid', { detail: detail.slice(0, 1_000), ...(data && { data }) });
}
