/**
 * `npm run chaos`: real processes (an embedded PostgreSQL, ai-chatbot twice, a bot that misbehaves) under load, broken
 * in every way that the promises of durability cover. It ends with a table, and with 1 when a promise broke.
 */
import { readArguments } from './chaos/arguments.mts';
import { buildAll } from './start/build-all.mts';
import { runToEnd } from './start/run-to-end.mts';

await runToEnd(async (stopping, onEnd) => {
  const wishes = readArguments(process.argv.slice(2));
  if (!wishes.isBuilt) await buildAll(stopping);
  // Only now is there a store to import.
  const { runChaos } = await import('./chaos/run-chaos.mts');
  await runChaos(wishes, stopping, onEnd);
});
