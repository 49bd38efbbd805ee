/**
 * Run after `npm install` on a registry that lacks some systems' binaries (a mirror, say): npm leaves what it could not
 * ask for out of package-lock.json, and `npm ci` then refuses the lock file everywhere. Adds what is missing, by the
 * version its parent asks for and the system its name tells.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { missingOptionals } from './missing-optionals.mjs';

const file = 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8'));
const missing = missingOptionals(lock.packages);
const packages = { ...lock.packages, ...missing };
// In npm's own order, so that its next `npm install` moves nothing.
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`added ${Object.keys(missing).length} packages to ${file}`);
