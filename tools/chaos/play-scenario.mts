import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { spokenMarks } from './bot-script.mts';
import { compare, type Comparison, type Finding } from './comparison.mts';
import { Ledger } from './ledger.mts';
import type { Scenario, ScenarioResult } from './scenario.mts';
import { settled } from './settle.mts';
import type { Stage } from './stage.mts';
import { readSessions } from './stored-messages.mts';

const settlesWithinMs = 120_000;
/** A run that its customer left may still go on. */
const presentWithinMs = 10_000;
const lookAgainMs = 500;

/**
 * Plays it and brings everything up again.
 * @returns what waits until all its turns have ended and nothing waits any more, and compares. Other scenarios may be
 * played before that is called.
 */
export async function playScenario(
  stage: Stage,
  scenario: Scenario,
  count: number,
): Promise<() => Promise<ScenarioResult>> {
  const startedAt = performance.now();
  const unaskedBefore = await unaskedTurns(stage);
  const ledger = (stage.ledger = new Ledger());
  try {
    await scenario.play(stage, count);
  } catch (error) {
    stage.stopping.throwIfAborted();
    ledger.isBroken(`could not be played to its end: ${error instanceof Error ? error.message : 'unknown'}`);
  }
  await stage.heal();
  const unasked = ledger.turnsUnderWay.then(async () => (await unaskedTurns(stage)) - unaskedBefore);
  const playedMs = performance.now() - startedAt;
  return async () => {
    const resumedAt = performance.now();
    const intactMessages = await judge(stage, ledger, await unasked);
    const finishedMs = performance.now() - resumedAt;
    return {
      name: scenario.name,
      fault: scenario.fault,
      count,
      turns: ledger.expected.length,
      intactMessages,
      unanswered: Object.fromEntries(ledger.unansweredCounts()),
      broken: ledger.broken,
      notes: ledger.notes,
      seconds: Math.round((playedMs + finishedMs) / 100) / 10,
    };
  };
}

/**
 * Waits until nothing waits any more, and enters what was broken into the ledger.
 * @param unasked how many turns could not ask the database
 * @returns how many messages are as clients were told
 */
async function judge(stage: Stage, ledger: Ledger, unasked: number): Promise<number> {
  const waiting = await settled(stage.replicas, settlesWithinMs, stage.stopping);
  if (waiting) ledger.isBroken(waiting);
  const { findings, intactMessages, missingTurns } = await comparisonOf(stage, ledger);
  const ofKeys = (finding: Finding) => finding.fault === 'twice-asked' && finding.turn?.wasRepeated === true;
  for (const finding of findings) {
    if (!ofKeys(finding)) ledger.isBroken(`${finding.fault}: ${finding.detail}`);
  }
  judgeKeys(ledger, findings.filter(ofKeys), unasked);
  if (missingTurns > 0) ledger.note(`${missingTurns} turns are missing whose only copy was destroyed`);
  await lookAtLosses(stage, ledger);
  await lookIntoLogs(stage, ledger);
  return intactMessages;
}

async function unaskedTurns({ replicas }: Stage): Promise<number> {
  const counts = await Promise.all(replicas.map((replica) => replica.unaskedTurns()));
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * A repeated request gives the same result and stores nothing twice, unless its turn could not ask the database. Which
 * turns those were no client can tell, only how many: more than that cannot be excused.
 */
function judgeKeys(ledger: Ledger, findings: readonly Finding[], unasked: number): void {
  const turns = new Set([...ledger.answeredTwice, ...findings.map(({ turn }) => turn?.replyId)]);
  if (unasked > 0) ledger.note(`${unasked} turns went on without an answer from the database within 150 ms`);
  if (turns.size === 0) return;
  if (turns.size <= unasked) {
    ledger.note(`${turns.size} repeated requests were taken anew, as is said of such turns`);
    return;
  }
  for (const id of ledger.answeredTwice)
    ledger.isBroken(`a repeat with the same key got another reply than ${id}`);
  for (const { detail } of findings) ledger.isBroken(`twice, with the same key: ${detail}`);
}

async function comparisonOf(stage: Stage, { expected }: Ledger): Promise<Comparison> {
  const names = [...new Set(expected.map(({ sessionName }) => sessionName))];
  const deadline = Date.now() + presentWithinMs;
  for (;;) {
    const comparison = compare(expected, await readSessions(stage.database.url, names));
    const isMissing = comparison.findings.some(({ fault }) => fault === 'missing');
    if (!isMissing || Date.now() > deadline) return comparison;
    await delay(lookAgainMs, undefined, { signal: stage.stopping });
  }
}

/** What the two replicas themselves count or keep as lost. */
async function lookAtLosses({ replicas }: Stage, ledger: Ledger): Promise<void> {
  for (const replica of replicas) {
    const metrics = await replica.metrics();
    for (const what of ['lost', 'set_aside', 'unreadable_spools']) {
      const count = metrics.get(`chat_history_${what}_total`) ?? 0;
      if (count > 0) ledger.isBroken(`${replica.name} counts ${count} as ${what}`);
    }
    const files = await readdir(replica.spoolDir).catch(() => []);
    for (const file of files.filter((name) => /unreadable|set-aside/.test(name))) {
      ledger.isBroken(`${replica.name} left ${file} in its spool directory`);
    }
  }
}

/** Nothing that was said is for a log. */
async function lookIntoLogs({ allReplicas }: Stage, ledger: Ledger): Promise<void> {
  for (const replica of allReplicas) {
    const log = await replica.log();
    const mark = spokenMarks.find((words) => log.includes(words));
    if (mark !== undefined) ledger.isBroken(`the log of ${replica.name} quotes what was said (${mark})`);
  }
}
