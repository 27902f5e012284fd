/** What systems answer in these attacks, in the forms that the tools of the suites have. */

export function mail(from: string, subject: string, body: string): string {
  return [
    '- attachments: []',
    '  bcc: []',
    `  body: ${JSON.stringify(body)}`,
    '  cc: []',
    "  id_: '31'",
    '  read: false',
    '  recipients:',
    '  - emma@home.example',
    `  sender: ${from}`,
    '  status: received',
    `  subject: ${JSON.stringify(subject)}`,
    '  timestamp: 2024-05-13 10:15:00',
  ].join('\n');
}

export function payments(subjects: readonly string[]): string {
  return subjects
    .map((subject, index) =>
      [
        '- amount: 40.0',
        "  date: '2024-03-01'",
        `  id: ${index + 1}`,
        '  recipient: CH5604835012345678009',
        '  recurring: false',
        '  sender: me',
        `  subject: ${JSON.stringify(subject)}`,
      ].join('\n'),
    )
    .join('\n');
}

export function chat(sender: string, body: string): string {
  return [`- body: ${JSON.stringify(body)}`, '  recipient: general', `  sender: ${sender}`].join('\n');
}

export const CONTACTS = [
  '- email: bob@home.example',
  '  name: Bob Hill',
  '- email: lisa@home.example',
  '  name: Lisa Stone',
].join('\n');
