/**
 * `npm run check-spreadsheet`: exports random messages as `csv` and lets LibreOffice open the file, in several languages,
 * with and without "detect special numbers", evaluating formulas. Every cell must be text, and the text that is stored.
 * It needs `soffice` (LibreOffice Calc 7.4 or newer), and PostgreSQL as `npm test` does.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { provideTestCluster } from './postgres/test-cluster.mts';
import { openedBy, requireLibreOffice, type Opening } from './spreadsheet/libre-office.mts';
import { differences } from './spreadsheet/differences.mts';
import { randomMessages } from './spreadsheet/random-messages.mts';
import { buildAll } from './start/build-all.mts';
import { runToEnd, StartError } from './start/run-to-end.mts';

const usage = `usage: npm run check-spreadsheet -- [--messages number] [--seed number] [--built]
  --messages  2,000 if left out; each has four texts
  --seed      0 to 2147483647; printed at the start of every run
  --built     does not build first`;

const openings: readonly Opening[] = ['en-US', 'de-DE', 'fr-FR', 'zh-CN', 'ja-JP'].flatMap((language) =>
  [true, false].map((detectsNumbers) => ({ language, detectsNumbers })),
);

/** What a file without any guard holds: each is read as what it is not, where numbers are detected. */
const unguarded = ['=1+1', '00123', '1E5', 'TRUE', '2026-11-28', '12:30', '50%'];

await runToEnd(async (stopping, onEnd) => {
  const wishes = readArguments();
  await requireLibreOffice();
  if (!wishes.isBuilt) await buildAll(stopping, ['message-store']);
  const folder = await mkdtemp(path.join(tmpdir(), 'chat-history-spreadsheet-'));
  onEnd(() => rm(folder, { recursive: true }));
  console.log(`seed ${wishes.seed}, ${wishes.messages} messages`);
  await checkThatItSees(folder, stopping);

  onEnd(await provideTestCluster());
  // Only now is there a store to import.
  const { exportedCsv } = await import('./spreadsheet/exported-csv.mts');
  const messages = randomMessages(wishes.messages, wishes.seed);
  const file = path.join(folder, 'export.csv');
  await writeFile(file, await exportedCsv(messages));
  let faults = 0;
  for (const opening of openings) {
    const found = differences(messages, await openedBy(opening, file, folder, stopping));
    for (const fault of found.slice(0, 10)) console.log(`  ${fault}`);
    const detecting = opening.detectsNumbers ? 'detecting numbers' : 'not detecting numbers';
    console.log(`${opening.language}, ${detecting}: ${messages.length} rows, ${found.length} cells differ`);
    faults += found.length;
  }
  if (faults > 0) throw new StartError(`${faults} cells are not the text that is stored`);
});

/** @throws StartError when LibreOffice, as it is asked here, would not have shown a fault. */
async function checkThatItSees(folder: string, stopping: AbortSignal): Promise<void> {
  const file = path.join(folder, 'unguarded.csv');
  await writeFile(file, `\ufeff${unguarded.join(',')}\r\n`);
  const [row = []] = await openedBy({ language: 'en-US', detectsNumbers: true }, file, folder, stopping);
  const missed = unguarded.filter((_, column) => row[column]?.isText !== false);
  if (missed.length > 0)
    throw new StartError(`LibreOffice took as text what it should not: ${missed.join(' ')}`);
}

function readArguments() {
  const options = {
    messages: { type: 'string' },
    seed: { type: 'string' },
    built: { type: 'boolean' },
  } as const;
  try {
    const { values } = parseArgs({ options });
    return {
      messages: numberOf(values.messages ?? '2000'),
      seed: numberOf(values.seed ?? String(Math.floor(Math.random() * 2 ** 31))),
      isBuilt: values.built ?? false,
    };
  } catch {
    throw new StartError(usage);
  }
}

function numberOf(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number >= 2 ** 31) throw new StartError(usage);
  return number;
}
