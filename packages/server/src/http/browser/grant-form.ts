import { decide, isInert, onReadiness, post, rest, say } from './calm-page.ts';

declare const SimpleWebAuthnBrowser: typeof import('@simplewebauthn/browser');

interface Preview {
  readonly terms: readonly string[];
  readonly past: {
    readonly looked: number;
    readonly passes: number;
    readonly unknown: number;
    readonly reachedAt: number | null;
    readonly calls: readonly {
      readonly at: number;
      readonly values: string;
      readonly outcome: string;
      readonly withinCount: boolean;
    }[];
  };
}

const restMilliseconds = 400;
const outcomes: Readonly<Record<string, string>> = {
  passed: 'passed by policy',
  approved: 'approved by a person',
  asked: 'asked, and not let through',
  denied: 'denied',
};

const find = <T extends Element = HTMLElement>(selector: string): T | null =>
  document.querySelector<T>(selector);
const { id = '', digest = '' } = find('main.approval')?.dataset ?? {};
const form = find<HTMLElement>('#grant-form');
const give = find<HTMLButtonElement>('#grant-give');
const none = find<HTMLButtonElement>('#grant-none');
const shown = find('#grant-preview');

/** The wish that the preview on the page is of; nothing else can be signed. */
let previewed = '';
let timer: ReturnType<typeof setTimeout> | undefined;

function readNumber(selector: string): number | undefined {
  const value = find<HTMLInputElement | HTMLSelectElement>(selector)?.value ?? '';
  return value === '' ? undefined : Number(value);
}

function readWish(): Record<string, unknown> {
  const boxes = [...document.querySelectorAll<HTMLInputElement>('input[data-free]')];
  const free = boxes.filter((box) => box.checked).map((box) => box.dataset.free);
  const totalMinor = readNumber('#grant-total');
  const scope = find<HTMLSelectElement>('#grant-scope')?.value;
  return {
    uses: readNumber('#grant-uses'),
    expiresAt: readNumber('#grant-until'),
    ...(free.length === 0 ? {} : { free }),
    ...(find<HTMLInputElement>('#grant-exact')?.checked === false ? { exact: true } : {}),
    ...(totalMinor === undefined ? {} : { totalMinor }),
    ...(scope === undefined ? {} : { scope }),
  };
}

function makeList(lines: readonly string[]): HTMLUListElement {
  const list = document.createElement('ul');
  for (const line of lines) list.appendChild(document.createElement('li')).textContent = line;
  return list;
}

function makeLine(text: string): HTMLParagraphElement {
  const line = document.createElement('p');
  line.textContent = text;
  return line;
}

function showPreview({ terms, past }: Preview): void {
  const time = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  const calls = past.calls.map(
    ({ at, values, outcome, withinCount }) =>
      `${time(at)}: ${values}; ${outcomes[outcome] ?? outcome}${withinCount ? '' : '; beyond the count'}`,
  );
  const unknown = past.unknown === 0 ? '' : ` Of ${past.unknown} more too little is kept to tell.`;
  const reached = past.reachedAt === null ? '' : ` Looked back to ${time(past.reachedAt)} UTC only.`;
  shown?.replaceChildren(
    makeList(terms),
    makeLine(
      `In the last 30 days ${past.passes} of ${past.looked} other calls to this tool would have passed like this, in their own tasks.${unknown}${reached}`,
    ),
    makeList(calls),
  );
}

async function preview(): Promise<void> {
  const wish = readWish();
  const text = JSON.stringify(wish);
  try {
    const response = await post(`/v1/approvals/${id}/grants/preview`, { grant: wish });
    const answer: Preview = await response.json();
    if (JSON.stringify(readWish()) !== text) return;
    showPreview(answer);
    previewed = text;
  } catch (error) {
    previewed = '';
    shown?.replaceChildren(makeLine(error instanceof Error ? error.message : String(error)));
  }
  // What can be pressed has moved.
  rest();
}

function previewSoon(): void {
  previewed = '';
  rest();
  clearTimeout(timer);
  timer = setTimeout(preview, restMilliseconds);
}

async function sign(grant: Record<string, unknown> | null): Promise<void> {
  const body = { grant, shown: digest };
  const challenge = await post(`/v1/approvals/${id}/challenge`, body);
  say('Your device asks for you now.');
  const assertion = await SimpleWebAuthnBrowser.startAuthentication({ optionsJSON: await challenge.json() });
  await post(`/v1/approvals/${id}/approve`, { assertion, ...body });
  location.reload();
}

onReadiness(() => {
  give?.setAttribute('aria-disabled', String(isInert() || previewed === ''));
  none?.setAttribute('aria-disabled', String(isInert()));
});
form?.addEventListener('input', previewSoon);
find<HTMLDetailsElement>('details.grant')?.addEventListener('toggle', (event) => {
  if (form && (event.target as HTMLDetailsElement).open && previewed === '') previewSoon();
});
give?.addEventListener('click', (event) => {
  const wish = readWish();
  if (JSON.stringify(wish) !== previewed) {
    say('Look at what would pass first.');
    return;
  }
  if (find('section details.rest:not([open])')) {
    say('Some arguments are folded. Open them before you approve.');
    return;
  }
  decide(event, () => sign(wish));
});
none?.addEventListener('click', (event) => decide(event, () => sign(null)));
