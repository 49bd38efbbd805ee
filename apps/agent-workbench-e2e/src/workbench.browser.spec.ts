import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { ChatResponse } from '@chat-history/http-contract';
import type { Page } from 'playwright-core';
import { launchBrowser, type OwnBrowser } from './browser.js';
import { eventually } from './eventually.js';
import { startSystem, type System } from './system.js';

const screenshots = path.join(__dirname, '../dist/screenshots');
const hostile = '<script>alert("taken over")</script><img src=x onerror=alert(1)>';

let system: System;
let own: OwnBrowser;
let sessionName: string;

beforeAll(async () => {
  await mkdir(screenshots, { recursive: true });
  [system, own] = await Promise.all([startSystem(), launchBrowser()]);
  const turn = await chat('我要退款，谢谢。订单 ORD-77123');
  await chat(hostile, turn);
  sessionName = turn.session_name;
}, 180_000);
afterAll(async () => {
  await own.close();
  await system.stop();
});

describe.each([
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
])('the workbench at $width pixels', ({ width, height }) => {
  let page: Page;
  const complaints: string[] = [];
  const isNarrow = width < 840;

  beforeAll(async () => {
    page = await (await own.browser.newContext({ viewport: { width, height } })).newPage();
    // Also what the page's Content-Security-Policy refuses is an error of the console.
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => {
      complaints.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.setDefaultTimeout(15_000);
  });
  afterEach(async () => {
    const [, test = 'test'] = expect.getState().currentTestName?.split(' pixels ') ?? [];
    const name = `${width} ${test}`.replaceAll(/[^\p{L}\d]+/gu, '-');
    await page.screenshot({ path: path.join(screenshots, `${name}.png`) });
  });
  afterAll(() => page.context().close());

  it('asks who is there, refuses a wrong password and lets the right one in', async () => {
    await page.goto(`${system.urls.workbench}history`);
    await page.getByLabel('User name').fill(system.username);
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText(/./).first().waitFor();
    await page.getByLabel('Password').fill(system.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('list', { name: 'Sessions' }).waitFor();
    // The refused password is the one complaint that is right.
    expect(complaints.splice(0)).toEqual([expect.stringContaining('401')]);
  });

  it('lists the sessions, latest first, a page at a time', async () => {
    const first = page.getByRole('list', { name: 'Sessions' }).getByRole('listitem').first();
    expect(await first.innerText()).toContain(sessionName);
    const pager = page.getByRole('navigation', { name: 'Pages of sessions' });
    await pager.getByRole('button', { name: 'Next page' }).click();
    await pager.getByText('Page 2').waitFor();
    await page.getByRole('list', { name: 'Sessions' }).getByText(sessionName).waitFor({ state: 'detached' });
    await pager.getByRole('button', { name: 'Previous page' }).click();
    await page.getByRole('list', { name: 'Sessions' }).getByText(sessionName).waitFor();
  });

  it('shows only the chosen time', async () => {
    const range = page.getByRole('radiogroup', { name: 'Time range' }).or(page.getByLabel('Time range'));
    await range.getByText('Custom').click();
    await page.getByLabel('From').fill('2001-01-01');
    await page.getByLabel('To', { exact: true }).fill('2001-01-31');
    await page.getByLabel('To', { exact: true }).blur();
    await page.getByText('No session has a message in this time.').waitFor();
    await range.getByText('Today').click();
    await page.getByRole('list', { name: 'Sessions' }).getByText(sessionName).waitFor();
  });

  it('opens a transcript and shows hostile text as text', async () => {
    await page.getByRole('link').filter({ hasText: sessionName }).click();
    const messages = page.getByRole('group', { name: 'Messages' });
    await messages.getByText(hostile, { exact: true }).waitFor();
    await messages.getByText('我要退款，谢谢。订单 ORD-77123', { exact: true }).waitFor();
    expect(await messages.getByText(/^answered in /).count()).toBe(2);
  });

  it('is free of faults that axe knows', async () => {
    expect(await faultsOf(page)).toEqual([]);
    if (!isNarrow) return;
    await page.getByRole('button', { name: 'Back to the list' }).click();
    expect(await faultsOf(page)).toEqual([]);
  });

  it.each([
    ['退款', '退款'],
    ['款', '款'],
    ['77123', '77123'],
    ['ord-77123', 'ORD-77123'],
  ])('finds %s and marks it', async (q, marked) => {
    const field = page.getByRole('searchbox');
    await field.fill(q);
    await field.press('Enter');
    const hits = page.getByRole('list', { name: 'Messages found' });
    const mark = page.locator('mark', { hasText: marked });
    await hits.getByRole('link').filter({ hasText: 'ORD-77123' }).filter({ has: mark }).first().waitFor();
  });

  it('narrows and orders what it found, counts it, and has all that in the address', async () => {
    const found = page.getByRole('list', { name: 'Messages found' });
    const saidBy = page.getByLabel('Said by');
    const order = page.getByLabel('Order', { exact: true });
    await page.getByRole('button', { name: 'Filters' }).click();
    await saidBy.selectOption('Customer');
    await page.getByRole('status').getByText('1 message', { exact: true }).waitFor();
    await order.selectOption('Best match');
    await page.waitForURL(/order=relevance/);
    await found.getByRole('link').filter({ hasText: 'ORD-77123' }).waitFor();
    await page.reload();
    await found.getByRole('link').filter({ hasText: 'ORD-77123' }).waitFor();
    expect([await saidBy.inputValue(), await order.inputValue()]).toEqual(['user', 'relevance']);
    expect(await faultsOf(page)).toEqual([]);
    await page.goBack();
    await eventually(
      () => order.inputValue(),
      (shown) => shown === 'newest',
    );
  });

  it('lists messages without words too, the oldest first when asked to', async () => {
    const found = page.getByRole('list', { name: 'Messages found' });
    const times = async () =>
      (await found
        .locator('time')
        .evaluateAll((all) => all.map((time) => time.getAttribute('datetime')))) as string[];
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await page.getByLabel('Order', { exact: true }).selectOption('Oldest first');
    await page.waitForURL(/order=oldest/);
    await eventually(times, (shown) => shown.length > 1 && `${shown.toSorted()}` === `${shown}`);
    await page.getByLabel('Order', { exact: true }).selectOption('Newest first');
    await eventually(times, (shown) => shown.length > 1 && `${shown.toSorted().toReversed()}` === `${shown}`);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('searchbox').fill('ord-77123');
    await page.getByRole('searchbox').press('Enter');
    await found.getByRole('link').filter({ hasText: 'ORD-77123' }).first().waitFor();
  });

  it('comes back from a reload of any path as it was', async () => {
    await page
      .getByRole('list', { name: 'Messages found' })
      .getByRole('link')
      .filter({ hasText: 'ORD-77123' })
      .first()
      .click();
    await page.getByRole('heading', { name: sessionName }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: sessionName }).waitFor();
    expect(new URL(page.url()).searchParams.get('q')).toBe('ord-77123');
  });

  it('saves what is shown as CSV, with all its rows', async () => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export this session' }).click();
    await page.getByRole('menuitem', { name: 'CSV for Excel' }).click();
    const csv = await readFile(await (await download).path(), 'utf8');
    expect(csv).toContain('我要退款，谢谢。订单 ORD-77123');
    const [{ count } = { count: 0 }] = await system.database.query<{ count: number }>(
      'select count(*)::int as count from chat_messages where session_name = $1',
      [sessionName],
    );
    expect(csv.match(new RegExp(`^${sessionName},`, 'gm'))).toHaveLength(count);
  });

  it('sends an agent’s answer into the session', async () => {
    const answer = `Your refund is on its way (${width})`;
    await page.getByLabel('Answer the customer').fill(answer);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('group', { name: 'Messages' }).getByText(answer, { exact: true }).waitFor();
  });

  it('exports all in the background, and the file is what the page says and the history holds', async () => {
    await page.goto(`${system.urls.workbench}history`);
    await page.getByRole('button', { name: 'Export these messages' }).click();
    await page.getByRole('menuitem', { name: 'In the background' }).click();
    await page.getByRole('menuitem', { name: 'JSON Lines' }).last().click();
    const job = page.getByRole('article', { name: /^JSON Lines/ }).first();
    await job.getByText('Ready', { exact: true }).waitFor({ timeout: 40_000 });
    expect(await faultsOf(page)).toEqual([]);

    const download = page.waitForEvent('download');
    await job.getByRole('button', { name: 'Download' }).click();
    const file = await readFile(await (await download).path());
    expect(await job.locator('code').innerText()).toBe(createHash('sha256').update(file).digest('hex'));
    const lines = file.toString('utf8').trimEnd().split('\n');
    const stored = await system.database.query<{ id: string; content: string }>(
      'select id, content from chat_messages order by created_at, id',
    );
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject(stored);

    await job.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete the file' }).click();
    await job.getByText('No longer kept', { exact: true }).waitFor();
  });

  it('asks whether to export in the background what is too much to download at once', async () => {
    // As many rows as that are not worth their time here: the answer is the server's, the question the page's.
    const refusal = { status: 409, contentType: 'application/problem+json', body: '{"status":409}' };
    await page.route('**/workbench-api/history/export?*', (route) => route.fulfill(refusal));
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByRole('button', { name: 'Export these messages' }).click();
    await page.getByRole('menuitem', { name: 'CSV, unaltered' }).click();
    await page.getByRole('alertdialog').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('alertdialog').getByRole('button', { name: 'In the background' }).click();
    const job = page.getByRole('article', { name: /^CSV, unaltered/ }).first();
    await job.getByText('Ready', { exact: true }).waitFor({ timeout: 40_000 });
    await page.unrouteAll();
    expect(complaints.splice(0)).toEqual([expect.stringContaining('409')]);
  });

  it('fits the screen and has nothing to complain of', async () => {
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
  });
});

/** Of a page at rest: a menu that is closing, or a dialog that fades in, is not what anybody reads. */
async function faultsOf(page: Page): Promise<string[]> {
  await eventually(
    () =>
      page.evaluate(() => document.getAnimations().length === 0 && !document.querySelector('[role=menu]')),
    (isAtRest) => isAtRest,
  );
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** As a customer, who goes on in the session of the turn that began it. */
async function chat(message: string, begun?: ChatResponse): Promise<ChatResponse> {
  const response = await fetch(`${system.gateway}/chat`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      message,
      session_name: begun?.session_name,
      session_token: begun?.session_token,
    }),
  });
  if (!response.ok) throw new Error(`/chat: ${response.status} ${await response.text()}`);
  return (await response.json()) as ChatResponse;
}
