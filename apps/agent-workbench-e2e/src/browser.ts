import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';

/** None that weakens the browser's security but the sandbox, which root cannot have and which guards only our pages. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface OwnBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

/** A Chromium that needs nothing installed on this machine. */
export async function launchBrowser(): Promise<OwnBrowser> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chat-history-browser-'));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [path.join(__dirname, 'unpack-chromium.mjs')],
    {
      env: { ...process.env, TMPDIR: folder },
    },
  );
  const browser = await chromium.launch({
    executablePath: stdout.trim(),
    args: flags,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      TMPDIR: folder,
      LD_LIBRARY_PATH: path.join(folder, 'al2023/lib'),
    },
  });
  return {
    browser,
    async close() {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
