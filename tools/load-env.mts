/** Preloaded by the scripts of package.json: takes what is not set in the environment from `.env`, if there is one. */
import { existsSync } from 'node:fs';

if (existsSync('.env')) process.loadEnvFile('.env');
