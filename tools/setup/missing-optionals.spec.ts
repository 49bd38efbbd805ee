import { readFileSync } from 'node:fs';
import path from 'node:path';
import { missingOptionals } from './missing-optionals.mjs';

describe('the lock file', () => {
  it('names every optional package, without which `npm ci` refuses it (else: node tools/setup/complete-lock.mjs)', () => {
    const file = path.join(__dirname, '../../package-lock.json');
    const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, object> };
    expect(missingOptionals(packages)).toEqual({});
  });

  it('lacks what a registry did not offer, or offered in another major version only', () => {
    const packages = {
      'node_modules/db': {
        version: '18.0.0',
        optionalDependencies: { '@db/darwin-arm64': '^18.0.0' },
        dev: true,
      },
      'node_modules/db-14': {
        version: '14.0.0',
        optionalDependencies: { '@db/darwin-arm64': '^14.0.0' },
        dev: true,
      },
      'node_modules/@db/darwin-arm64': { version: '18.0.0', optional: true },
      'node_modules/tool': { version: '1.0.0', optionalDependencies: { 'tool-windows-x64': '1.0.0' } },
    };
    expect(missingOptionals(packages)).toEqual({
      'node_modules/db-14/node_modules/@db/darwin-arm64': {
        version: '14.0.0',
        cpu: ['arm64'],
        dev: true,
        optional: true,
        os: ['darwin'],
      },
      'node_modules/tool-windows-x64': { version: '1.0.0', cpu: ['x64'], optional: true, os: ['win32'] },
    });
  });
});
