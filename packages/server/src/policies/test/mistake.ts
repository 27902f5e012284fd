/** What is wrong with a file beside the policies, and where. Lines count from 1. */
export interface Mistake {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export interface TextFile {
  /** As `payments.test.yaml`. */
  readonly name: string;
  readonly text: string;
}
