import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { StartError } from '../start/run-to-end.mts';
import { cellsOf, type SheetCell } from './flat-sheet.mts';

const run = promisify(execFile);
const timeoutMs = 600_000;

/** How a file is opened. */
export interface Opening {
  readonly language: string;
  /** LibreOffice's "detect special numbers": dates, times, booleans and the like. */
  readonly detectsNumbers: boolean;
}

/** As Windows numbers them. */
const languageIds: Readonly<Record<string, number>> = {
  'en-US': 1033,
  'de-DE': 1031,
  'fr-FR': 1036,
  'zh-CN': 2052,
  'ja-JP': 1041,
};

/** @throws StartError that says what is needed. */
export async function requireLibreOffice(): Promise<void> {
  await run('soffice', ['--version'], { timeout: timeoutMs }).catch(() => {
    throw new StartError(
      'There is no soffice here. Install LibreOffice Calc, e.g. apt-get install --no-install-recommends libreoffice-calc',
    );
  });
}

/**
 * The cells of a CSV file as LibreOffice has them after it opened it.
 * @param folder for its profile and what it writes.
 */
export async function openedBy(
  { language, detectsNumbers }: Opening,
  file: string,
  folder: string,
  stopping: AbortSignal,
): Promise<SheetCell[][]> {
  // See "Filter Options for CSV" in LibreOffice's help: comma, quote, UTF-8, from line 1, no formats, the language, quoted
  // fields like others, numbers, … and formulas are evaluated.
  const options = `44,34,76,1,,${languageIds[language]},false,${detectsNumbers},false,false,false,-1,true`;
  await run(
    'soffice',
    [
      `-env:UserInstallation=file://${path.join(folder, 'profile')}`,
      ...['--headless', '--norestore', '--convert-to', 'fods', '--outdir', folder],
      `--infilter=Text - txt - csv (StarCalc):${options}`,
      file,
    ],
    { timeout: timeoutMs, signal: stopping },
  );
  return cellsOf(await readFile(file.replace(/\.csv$/, '.fods'), 'utf8'));
}
