import { createHash } from 'node:crypto';
import { nameEdition } from '../framework.ts';
import type { ClaimReport, ControlReport, EvidenceReport, SignedEvidence } from './evidence-report.ts';

const namespace = 'https://countersign.dev/ns/oscal';
const states = {
  evidence: 'satisfied',
  counter_evidence: 'not-satisfied',
  configuration_only: 'not-satisfied',
  no_evidence: 'not-satisfied',
} as const;

/**
 * The report in the shape of OSCAL 1.1.2 assessment results: a result for each framework, an observation for each
 * claim, a finding for each control in scope. OSCAL knows only satisfied or not; `satisfied` is written where there is
 * evidence and nothing against it, and the property `verdict` says what was found. The signed report is in `back-matter`.
 */
export function renderOscal(signed: SignedEvidence) {
  const { report } = signed;
  const envelope = Buffer.from(JSON.stringify(signed), 'utf8').toString('base64');
  return {
    'assessment-results': {
      uuid: nameUuid(report.report, 'document'),
      metadata: {
        title: `Evidence of ${plain(report.server)}`,
        'last-modified': time(report.madeAt),
        ...{ version: '1', 'oscal-version': '1.1.2' },
        props: [
          prop('report', report.report),
          prop('seed', report.seed),
          prop('environment', report.environment),
        ],
        remarks:
          'Evidence for and against controls, from one installation and one period. It does not say that a framework is met.',
      },
      'import-ap': {
        href: `#${nameUuid(report.report, 'signed')}`,
        remarks: 'There is no assessment plan apart from the mapping in the report.',
      },
      results: report.frameworks.map((framework) => renderResult(report, framework)),
      'back-matter': {
        resources: [
          {
            uuid: nameUuid(report.report, 'signed'),
            title: 'The signed report that this is made of',
            base64: { filename: `${report.report}.json`, 'media-type': 'application/json', value: envelope },
          },
        ],
      },
    },
  };
}

function renderResult(report: EvidenceReport, framework: EvidenceReport['frameworks'][number]) {
  const { id, title, version, controls } = framework;
  const scope = controls.filter(({ verdict }) => verdict !== 'out_of_scope');
  const named = new Set(scope.flatMap(({ claims }) => claims));
  const observed = report.claims.filter((claim) => named.has(claim.id));
  const uuid = (part: string) => nameUuid(report.report, `${id}/${part}`);
  return {
    uuid: uuid('result'),
    title: nameEdition({ title, version }),
    description: `What speaks for and against ${scope.length} of ${controls.length} controls from ${time(report.from)} to ${time(report.to)}.`,
    ...{ start: time(report.from), end: time(report.to) },
    'reviewed-controls': {
      'control-selections': [
        { 'include-controls': scope.map((control) => ({ 'control-id': token(control.id) })) },
      ],
      remarks:
        controls
          .filter(({ verdict }) => verdict === 'out_of_scope')
          .map((control) => `${control.id} is out of scope: ${control.why}`)
          .join(' ') || 'All controls are in scope.',
    },
    observations: observed.map((claim) => renderObservation(report, claim, uuid(claim.id))),
    findings: scope.map((control) => renderFinding(control, uuid)),
  };
}

function renderObservation(report: EvidenceReport, claim: ClaimReport, uuid: string) {
  const { id, sentence, statement, verdict, population, complete, against, facts, samples } = claim;
  const evidence = report.records.filter((record) => samples.includes(record.id));
  return {
    ...{ uuid, title: id, description: `${sentence} ${plain(statement)}.` },
    props: [
      ...[
        prop('verdict', verdict),
        prop('population', String(population)),
        prop('complete', String(complete)),
      ],
      ...facts.map(({ name, value }) => ({ ...prop('fact', value), class: token(name) })),
    ],
    methods: ['TEST'],
    ...{ collected: time(report.madeAt) },
    ...(evidence.length === 0
      ? {}
      : {
          'relevant-evidence': evidence.map((record) => ({
            href: record.link,
            description: `${record.kind} of ${time(record.at)}`,
            props: [prop('record', record.id)],
          })),
        }),
    ...(against.length === 0 ? {} : { remarks: plain(against.join('; ')) }),
  };
}

function renderFinding(control: ControlReport, uuid: (part: string) => string) {
  const { id, title, why, claims, drills, drillsNotRun } = control;
  const verdict = control.verdict === 'out_of_scope' ? 'no_evidence' : control.verdict;
  return {
    uuid: uuid(`finding/${id}`),
    title: `${id} ${title}`,
    description: plain(why),
    props: [
      prop('verdict', verdict),
      ...drills.map(({ name, outcome }) => ({ ...prop('drill', outcome), class: token(name) })),
      ...drillsNotRun.map((name) => ({ ...prop('drill', 'not_run'), class: token(name) })),
    ],
    target: {
      ...{
        type: 'objective-id',
        'target-id': token(id),
        status: { state: states[verdict], reason: 'other' },
      },
    },
    'related-observations': claims.map((claim) => ({ 'observation-uuid': uuid(claim) })),
  };
}

function prop(name: string, value: string) {
  return { name, ns: namespace, value: plain(value) || 'none' };
}

/** OSCAL's strings begin and end with something that is no space. What would not be seen, or turn the rest around, is spelt out. */
function plain(text: string): string {
  return text
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/\p{C}/gu, (letter) => `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`);
}

/** OSCAL's tokens have no colons or spaces: `NHI1:2025` is `NHI1-2025`. */
export function token(id: string): string {
  return id.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[^\p{L}_]+/u, '_');
}

const time = (at: number) => new Date(at).toISOString();

/** Version 5 (RFC 9562 §5.5) in form: the same report has the same ones. */
function nameUuid(report: string, part: string): string {
  const bytes = createHash('sha256')
    .update(`countersign evidence\n${report}\n${part}`)
    .digest()
    .subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
