/**
 * `npm start`: everything on this machine. Builds, starts the embedded PostgreSQL (or uses DATABASE_URL), migrates,
 * makes demo data and a login the first time, starts the three services and the gateway, and says where they are.
 * Ctrl-C or SIGTERM drains and stops it all.
 */
import { runToEnd } from './start/run-to-end.mts';
import { buildAll } from './start/build-all.mts';
import { takePorts } from './start/ports.mts';
import { readSettings } from './start/settings.mts';

await runToEnd(async (stopping, onEnd) => {
  const settings = readSettings(process.env);
  // Before anything is started: a second `npm start` must not touch the first one's database.
  const ports = await takePorts(settings.ports);
  await buildAll(stopping);
  // Only now is there a store to import.
  const { runSystem } = await import('./start/system.mts');
  await runSystem({ ...settings, ports }, stopping, onEnd);
});
