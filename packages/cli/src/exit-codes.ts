/** What the process ends with; `countersign --help` lists them, and they never change their meaning. */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  usage: 2,
  policyInvalid: 3,
  verificationFailed: 4,
  remote: 5,
  denied: 6,
  pending: 7,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodeHelp = [
  'Exit codes:',
  '  0  done',
  '  1  something unexpected',
  '  2  the command line or its input is wrong',
  '  3  the policies do not compile',
  '  4  a verification or check failed',
  '  5  the server refused or could not be reached',
  '  6  not allowed',
  '  7  still pending, or nobody decided in time',
].join('\n');
