import type { Page } from 'playwright-core';

/** Follows a one-time link as a person does, and lands in the console. */
export async function joinWithBrowser(page: Page, link: string, name?: string): Promise<void> {
  await page.goto(link);
  if (name !== undefined) await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Make a passkey' }).click();
  await page.waitForURL((url) => url.pathname === '/');
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}
