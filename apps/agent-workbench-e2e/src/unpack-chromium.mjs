/**
 * Unpacks the Chromium that comes from the package registry, and the libraries that a bare system lacks, into TMPDIR
 * and prints where the browser is. A process of its own, because the package reads TMPDIR when it likes.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import chromium, { inflate } from '@sparticuz/chromium';

const packageFolder = path.dirname(
  path.dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')),
);
await inflate(path.join(packageFolder, 'bin/al2023.tar.br'));
console.log(await chromium.executablePath());
