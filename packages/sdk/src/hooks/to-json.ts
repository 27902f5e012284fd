/** What is sent of a value of the program: its JSON, or its text where it has none. */
export function toJson(value: unknown): unknown {
  try {
    const text = JSON.stringify(value, (_name, member: unknown) =>
      typeof member === 'bigint' ? member.toString() : member,
    );
    return text === undefined ? null : JSON.parse(text);
  } catch {
    return String(value);
  }
}
