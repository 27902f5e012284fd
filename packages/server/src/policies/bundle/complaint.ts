/** What is wrong, or doubtful, in a bundle, and where. Lines and columns count from 1; columns are UTF-16 units. */
export interface Complaint {
  readonly severity: 'error' | 'warning';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** The policy it is about, when it is about one. */
  readonly policyId?: string;
}

export interface PolicyFile {
  /** As `payments.cedar`. */
  readonly name: string;
  readonly text: string;
}

/** `offset` counts UTF-16 units. */
export function locate(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  return { line: before.split('\n').length, column: before.length - lastBreak };
}

/** The engine counts bytes of UTF-8. */
export function toTextOffset(text: string, bytes: number): number {
  return Buffer.from(text, 'utf8').subarray(0, bytes).toString('utf8').length;
}

export function writeComplaint(complaint: Complaint): string {
  const { file, line, column, message } = complaint;
  return `${file}:${line}:${column}: ${message}`;
}

/** For an error's detail: the first few, each in its line. */
export function writeComplaints(complaints: readonly Complaint[]): string {
  const shown = complaints.slice(0, 20).map(writeComplaint);
  const more = complaints.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n').slice(0, 8192);
}
