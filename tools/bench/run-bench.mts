import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StartError, type OnEnd } from '../start/run-to-end.mts';
import type { Wishes } from './arguments.mts';
import { chartOf } from './chart.mts';
import { benchDir, startBenchCluster } from './data/bench-cluster.mts';
import { DataSet } from './data/data-set.mts';
import type { DataSize } from './data/data-size.mts';
import { dropUnfinished, keptDataSet } from './data/kept-data-sets.mts';
import type { Bench, BenchDatabase, Figure } from './figure.mts';
import { figures } from './figures.mts';
import { judge, type Judged } from './judgement.mts';
import { machineLine, machineOf, type Machine } from './machine.mts';
import { ScratchDatabases } from './scratch-databases.mts';
import { tableOf } from './table.mts';

/** One figure never takes longer, its data apart: what hangs is reported and the next one is measured. */
const figureTimeoutMs = 30 * 60_000;

/** How long a figure that is stopped may take to close what it has opened and to remove what it has made. */
const endTimeoutMs = 15_000;

/** What a run found out. */
export interface Outcome {
  readonly measuredAt: string;
  readonly size: DataSize;
  readonly quick: boolean;
  readonly seed: number;
  readonly machine: Machine;
  readonly results: readonly Judged[];
  /** Figures that could not be measured. */
  readonly failures: readonly { readonly figure: string; readonly reason: string }[];
}

/** Measures one figure after another. @throws StartError when one falls short or could not be measured. */
export async function runBench(wishes: Wishes, stopping: AbortSignal, onEnd: OnEnd): Promise<void> {
  const startedAt = performance.now();
  const chosen = chooseFrom(wishes);
  const cluster = await startBenchCluster();
  if (!cluster.wasRunning) onEnd(() => cluster.stop());
  const scratch = new ScratchDatabases(cluster.url);
  await scratch.dropLeftOver();
  onEnd(() => scratch.dropAll());
  await dropUnfinished(cluster.url);
  const machine = await machineOf(cluster.url);
  console.log(machineLine(machine));

  const bench = benchOf(wishes, cluster.url, scratch, stopping);
  const results: Judged[] = [];
  const failures: { figure: string; reason: string }[] = [];
  for (const figure of chosen) {
    console.log(`${figure.title} …`);
    try {
      const measured = await measureWithin(figureTimeoutMs, figure, bench);
      results.push(...measured.map((result) => judge(figure, result, wishes.size)));
    } catch (error) {
      stopping.throwIfAborted();
      // What a person has to mend first would fail the other figures, too.
      if (error instanceof StartError) throw error;
      failures.push({ figure: figure.name, reason: error instanceof Error ? error.message : String(error) });
      console.error(error);
    }
    await scratch.dropAll();
  }
  console.log(`\nMeasured in ${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes.`);
  const { size, quick, seed } = wishes;
  await report(
    { measuredAt: new Date().toISOString(), size, quick, seed, machine, results, failures },
    wishes,
  );
}

function chooseFrom({ only }: Wishes): readonly Figure[] {
  const names = figures.map(({ name }) => name);
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new StartError(`No figure ${unknown.join(', ')}; there are ${names.join(', ')}.`);
  return only.length > 0 ? figures.filter(({ name }) => only.includes(name)) : figures;
}

function benchOf(wishes: Wishes, server: string, scratch: ScratchDatabases, stopping: AbortSignal): Bench {
  const log = (line: string) => console.log(line);
  const kept = new Map<DataSize, Promise<BenchDatabase>>();
  const database = (size: DataSize) => {
    const found = kept.get(size) ?? keptDataSet(size, wishes.seed, { server, stopping, log });
    kept.set(size, found);
    return found;
  };
  return {
    ...{ size: wishes.size, quick: wishes.quick, seed: wishes.seed, stopping, log },
    database,
    async scratchDatabase(copyOf) {
      return { url: await (copyOf ? scratch.copy((await database(copyOf)).url) : scratch.make()) };
    },
    rows: (size, from, count) =>
      new DataSet(size, { seed: wishes.seed, newestDay: today() }).rows(from, count),
  };
}

async function measureWithin(timeoutMs: number, figure: Figure, bench: Bench) {
  // Not of the figure's time: a large data set takes a quarter of an hour.
  if (figure.needs.length > 0) await bench.database(bench.size);
  const ended = AbortSignal.any([bench.stopping, AbortSignal.timeout(timeoutMs)]);
  const stopped = new Promise<never>((_resolve, reject) => {
    ended.addEventListener('abort', () => reject(new Error('it took too long, or was stopped')), {
      once: true,
    });
  });
  const measuring = figure.measure({ ...bench, stopping: ended });
  try {
    return await Promise.race([measuring, stopped]);
  } catch (error) {
    await Promise.race([measuring.catch(() => undefined), delay(endTimeoutMs)]);
    throw error;
  }
}

async function report(outcome: Outcome, { jsonFile }: Wishes): Promise<void> {
  const json = JSON.stringify(outcome, null, 2);
  const folder = path.join(benchDir, 'results');
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${outcome.measuredAt.replaceAll(/[:.]/g, '-')}-${outcome.size}`);
  await writeFile(`${file}.json`, json);
  await writeFile(`${file}.html`, chartOf(outcome));
  if (jsonFile) await writeFile(jsonFile, json);
  console.log(`\n${tableOf(outcome.results)}\n\n${file}.html`);

  const short = outcome.results.filter(({ holds }) => holds === false);
  const faults = [
    ...short.map(({ figure, what }) => `${figure}, ${what}, falls short`),
    ...outcome.failures.map(({ figure, reason }) => `${figure} could not be measured: ${reason}`),
  ];
  if (faults.length > 0) throw new StartError(faults.join('\n'));
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}
