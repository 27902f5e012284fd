import type { BrowserContext, Page } from 'playwright-core';

/** A person at a browser: their page, their passkey, and everything that went wrong in it. */
export interface Visitor {
  readonly page: Page;
  /** Violations of the content security policy, scripts that failed, requests to anywhere else. */
  readonly problems: readonly string[];
}

/** A page with a virtual authenticator (WebAuthn §11) that verifies its user without being asked. */
export async function openVisitor(context: BrowserContext, url: string): Promise<Visitor> {
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // A refusal is an answer that the page deals with; the browser logs it all the same.
    const isAnswer = message.text().startsWith('Failed to load resource: the server responded');
    if (message.type() === 'error' && !isAnswer) problems.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`)) problems.push(`request: ${request.url()}`);
  });
  await givePasskeys(context, page);
  return { page, problems };
}

async function givePasskeys(context: BrowserContext, page: Page): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}
