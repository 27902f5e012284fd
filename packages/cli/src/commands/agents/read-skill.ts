import { CliError } from '../../cli-error.ts';

/** One skill of an agent's card, as the server takes it. */
export interface Skill {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
}

const shape = /^([A-Za-z0-9][A-Za-z0-9_.-]{0,99})(?:\s*\[([^\]]*)\])?\s*:\s*(\S.*)$/s;

/** `id: what it does`, or `id [tag, tag]: what it does`; tagged with its id when no tag is said. Throws `CliError`. */
export function readSkill(text: string): Skill {
  const [, id, said = '', description] = shape.exec(text) ?? [];
  if (id === undefined || description === undefined)
    throw new CliError(`not a skill: ${text}`, { fix: "write it as 'id [tag, tag]: what it does'" });
  const tags = said.split(',').flatMap((tag) => (tag.trim() === '' ? [] : [tag.trim()]));
  return { id, name: id, description: description.trim(), tags: tags.length === 0 ? [id] : tags };
}
