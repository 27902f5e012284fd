import { listWords } from './name-words.ts';

/** The more sensitive domain first: it wins where words of several are found. */
const DOMAIN_WORDS: readonly (readonly [string, ReadonlySet<string>])[] = [
  ['secrets', listWords('secret secrets credential credentials password passwords token tokens vault')],
  ['payroll', listWords('payroll salary salaries payslip wage wages')],
  ['health', listWords('patient patients diagnosis medical health prescription')],
  ['people', listWords('employee employees hr candidate candidates applicant person people user users')],
  [
    'payments',
    listWords('payment payments invoice invoices refund refunds iban payee charge charges payout'),
  ],
  ['customers', listWords('customer customers client clients account accounts lead leads contact contacts')],
  ['mail', listWords('email emails mail mailbox inbox')],
  ['messages', listWords('message messages channel channels chat slack sms')],
  [
    'source-code',
    listWords('repository repo repos commit commits branch pull issue issues git github gitlab'),
  ],
  ['infrastructure', listWords('cluster pod pods deployment namespace server servers container kubernetes')],
  ['databases', listWords('sql query table tables database schema rows')],
  ['files', listWords('file files directory directories folder path document documents')],
  ['web', listWords('url browser page pages web website')],
];

/** A data domain that the words of a tool's name hint at, or else those of its input schema; null when none does. */
export function proposeDataDomain(
  nameWords: readonly string[],
  schemaWords: readonly string[],
  because: string[],
): string | null {
  return findDomain(nameWords, 'name', because) ?? findDomain(schemaWords, 'input schema', because) ?? null;
}

function findDomain(words: readonly string[], where: string, because: string[]): string | undefined {
  for (const [domain, table] of DOMAIN_WORDS) {
    const found = words.find((word) => table.has(word));
    if (found === undefined) continue;
    because.push(`the word "${found}" in its ${where} suggests the data domain ${domain}`);
    return domain;
  }
  return undefined;
}
