import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomNumbers } from '../random-numbers.mts';
import { StartError, type OnEnd } from '../start/run-to-end.mts';
import type { Wishes } from './arguments.mts';
import { playScenario } from './play-scenario.mts';
import type { Scenario, ScenarioResult } from './scenario.mts';
import { scenarios } from './scenarios.mts';
import { Stage } from './stage.mts';
import { headlineOf, remarksOf, tableOf } from './table.mts';

/** Plays the scenarios one after another. @throws StartError when a promise broke. */
export async function runChaos(wishes: Wishes, stopping: AbortSignal, onEnd: OnEnd): Promise<void> {
  const chosen = chooseFrom(wishes);
  const folder = await mkdtemp(path.join(tmpdir(), 'chat-history-chaos-'));
  onEnd(async () => {
    if (wishes.keepsFolder) console.log(`Database, spools and logs are in ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  });
  // The user `postgres`, as whom root runs PostgreSQL, passes through here.
  await chmod(folder, 0o755);

  console.log(`Seed ${wishes.seed}; ${chosen.length} scenarios …`);
  const stage = await Stage.set(folder, randomNumbers(wishes.seed), stopping, onEnd);
  const results = await playAll(stage, chosen, wishes.isShort);
  if (wishes.jsonFile)
    await writeFile(wishes.jsonFile, JSON.stringify({ seed: wishes.seed, results }, null, 2));
  console.log(`\n${tableOf(results)}`);
  const broken = results.filter((result) => result.broken.length > 0);
  if (broken.length > 0) {
    throw new StartError(`Broken: ${broken.map(({ name }) => name).join(', ')} (--seed ${wishes.seed})`);
  }
}

/** The short form compares at the end: meanwhile the leases of killed processes run out. */
async function playAll(
  stage: Stage,
  chosen: readonly Scenario[],
  isShort: boolean,
): Promise<ScenarioResult[]> {
  const results: ScenarioResult[] = [];
  const finishing: (() => Promise<ScenarioResult>)[] = [];
  for (const [at, scenario] of chosen.entries()) {
    stage.stopping.throwIfAborted();
    finishing.push(await playScenario(stage, scenario, isShort ? scenario.count.short : scenario.count.full));
    if (isShort && at < chosen.length - 1) continue;
    for (const finish of finishing.splice(0)) {
      const result = await finish();
      results.push(result);
      console.log([headlineOf(result), ...remarksOf(result)].join('\n'));
    }
  }
  return results;
}

function chooseFrom({ only, isShort }: Wishes) {
  const names = scenarios.map(({ name }) => name);
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new StartError(`No scenario ${unknown.join(', ')}; there are ${names.join(', ')}.`);
  const chosen = only.length > 0 ? scenarios.filter(({ name }) => only.includes(name)) : scenarios;
  return chosen.filter(({ count }) => !isShort || only.length > 0 || count.short > 0);
}
