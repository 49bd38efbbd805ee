import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Whether node_modules holds what package-lock.json names. Compares what npm says it installed, not times: after a
 * `git clone` or a change of branch every file looks new.
 * @param {string} root the folder of package-lock.json
 */
export function isInstalled(root) {
  const locked = packagesOf(path.join(root, 'package-lock.json'));
  // npm writes this file last, so an install that broke off has none.
  const installed = packagesOf(path.join(root, 'node_modules/.package-lock.json'));
  if (!locked || !installed) return false;
  return Object.entries(locked).every(([folder, wanted]) => {
    if (folder === '') return true;
    const found = installed[folder];
    // Optional: the binaries of other systems are rightly absent.
    if (!found) return wanted.optional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
