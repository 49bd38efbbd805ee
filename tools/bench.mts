/**
 * `npm run bench`: the figures of the README's performance table, each beside its limit or its alternative in the same
 * run, on data of a known shape. It ends with a table, and with 1 when a figure falls short at the size it is meant for.
 * npm starts it with the memory for young objects that a service has (docker/service.Dockerfile): with V8's own, a
 * collection blocked the writer's event loop for 12 to 15 ms, with this for 4 to 7.
 */
import { readArguments } from './bench/arguments.mts';
import { buildAll } from './start/build-all.mts';
import { runToEnd } from './start/run-to-end.mts';

await runToEnd(async (stopping, onEnd) => {
  const wishes = readArguments(process.argv.slice(2));
  if (!wishes.isBuilt) await buildAll(stopping, ['agent-workbench-api']);
  // Only now is there a store to import.
  const { runBench } = await import('./bench/run-bench.mts');
  await runBench(wishes, stopping, onEnd);
});
