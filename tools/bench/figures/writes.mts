import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Message, MessageWriter } from '@chat-history/message-store';
import type { Bench, Figure, FigureResult } from '../figure.mts';
import { median } from '../statistics.mts';
import { collectGarbage } from './collect-garbage.mts';
import { LoopBlocks, type LongestBlock } from './loop-blocks.mts';
import { newMessageOf, saidNow, saveAll } from './writes-load.mts';
import { CopyTable, InsertTable, sumOf } from './writes-beside.mts';
import { withWriter } from './writes-store.mts';

/** Fills the batches of the two flushes that may be under way; with more, some wait so long that they go to the spool. */
const maxInFlight = 1_000;

/** Those of a busy hour: of its sessions the more, the denser the data set. */
const rowsOf = '10M';

/** A round in which messages went by the spool is measured again, so often. */
const moreTries = 2;

/** Of the messages of a round, those that are inserted one by one. */
const insertedAlone = 1 / 12;

interface Round {
  readonly ours: number;
  readonly copied: number;
  readonly inserted: number;
  /** What a message takes of the event loop's own thread. */
  readonly threadUs: number;
  /** For how long the loop was busy, a message; also while the machine gave its core to others. */
  readonly busyUs: number;
  readonly longestBlock: LongestBlock;
  /** Messages that went by the spool. */
  readonly spooled: number;
}

/**
 * The writer beside COPY and beside one INSERT a message: the same messages into the same table, each in a database of
 * its own, in turn. The writer also keeps `chat_sessions`, which the others do not.
 */
export const writes: Figure = {
  name: 'writes',
  title: 'Writing',
  needs: ['1M'],
  async measure(bench) {
    const [ours, theirs, alone] = [
      await bench.scratchDatabase(),
      await bench.scratchDatabase(),
      await bench.scratchDatabase(),
    ];
    const copy = await CopyTable.open(theirs.url);
    const insert = await InsertTable.open(alone.url);
    try {
      return await withWriter(ours.url, async (writer) => {
        const rounds = await measureRounds(bench, writer, copy, insert);
        const [sum, copied] = [await sumOf(ours.url), await copy.sum()];
        if (sum !== copied) throw new Error(`the writer did not write what was copied: ${sum} and ${copied}`);
        return results(rounds, bench);
      });
    } finally {
      await copy.close();
      await insert.close();
    }
  },
};

async function measureRounds(
  bench: Bench,
  writer: MessageWriter,
  copy: CopyTable,
  insert: InsertTable,
): Promise<Round[]> {
  const [count, size] = bench.quick ? [3, 5_000] : [7, 50_000];
  const rounds: Round[] = [];
  for (let round = 0; round < count; round++) {
    let measured: Round;
    let tries = 0;
    do {
      bench.stopping.throwIfAborted();
      const messages = Array.from(bench.rows(rowsOf, round * size, size), saidNow);
      // In turn, so that neither has the better place.
      if (round % 2 === 0) {
        const written = await write(writer, messages);
        measured = { ...written, ...(await writeBeside(copy, insert, messages)) };
      } else {
        const beside = await writeBeside(copy, insert, messages);
        measured = { ...(await write(writer, messages)), ...beside };
      }
      bench.log(`  round ${round + 1}: ${lineOf(measured)}`);
    } while (measured.spooled > 0 && tries++ < moreTries);
    rounds.push(measured);
  }
  return rounds;
}

function lineOf({ ours, copied, inserted, spooled, longestBlock }: Round): string {
  const bySpool = spooled > 0 ? `; ${spooled} went by the spool` : '';
  return `${ours.toFixed(0)}/s, COPY ${copied.toFixed(0)}/s, INSERT ${inserted.toFixed(0)}/s, longest block ${longestBlock.cpuMs.toFixed(1)} ms (${longestBlock.wallMs.toFixed(1)} by the clock)${bySpool}`;
}

async function writeBeside(copy: CopyTable, insert: InsertTable, messages: readonly Message[]) {
  const copied = await copy.write(messages);
  const inserted = await insert.write(messages.slice(0, Math.ceil(messages.length * insertedAlone)));
  return { copied, inserted };
}

async function write(writer: MessageWriter, messages: readonly Message[]) {
  const handedOver = messages.map(newMessageOf);
  collectGarbage();
  await delay(100);
  const { spooledTotal } = writer.state();
  const loopBefore = performance.eventLoopUtilization();
  const cpuBefore = process.threadCpuUsage();
  const startedAt = performance.now();
  const blocks = new LoopBlocks();
  await saveAll(writer, handedOver, maxInFlight);
  // What a slow moment sent to the spool counts when it is in the table, too.
  while (writer.state().spooledMessages > 0) await delay(5);
  const ms = performance.now() - startedAt;
  const longestBlock = blocks.longest();
  const { active } = performance.eventLoopUtilization(loopBefore);
  const { user, system } = process.threadCpuUsage(cpuBefore);
  return {
    ours: (messages.length / ms) * 1_000,
    threadUs: (user + system) / messages.length,
    busyUs: (active / messages.length) * 1_000,
    longestBlock,
    spooled: writer.state().spooledTotal - spooledTotal,
  };
}

function results(rounds: readonly Round[], { quick }: Bench): FigureResult[] {
  const middle = (of: (round: Round) => number) => median(rounds.map(of));
  const spooled = rounds.reduce((sum, round) => sum + round.spooled, 0);
  const ours = middle((round) => round.ours);
  return [
    {
      what: 'messages through the writer, one process',
      value: ours,
      unit: 'messages/s',
      beside: { what: 'COPY of the same rows', value: middle((round) => round.copied) },
      ratio: middle((round) => round.ours / round.copied),
      limit: { atLeast: 0.9 },
      note:
        'the writer uses up to two connections, COPY one; the writer also keeps chat_sessions, which COPY leaves out; ' +
        `${maxInFlight} in flight; ${spooled} messages of the rounds that count went by the spool`,
    },
    {
      what: 'messages through the writer, one process',
      value: ours,
      unit: 'messages/s',
      beside: { what: 'one INSERT a message, one connection', value: middle((round) => round.inserted) },
      ratio: middle((round) => round.ours / round.inserted),
      limit: { atLeast: 3 },
    },
    {
      what: 'time on the event loop a message',
      value: middle((round) => round.threadUs),
      unit: 'µs',
      limit: { atMost: 15 },
      note:
        "CPU time of the loop's thread from save to durable: enqueueing and building the flush, and also sending it, " +
        `the answers and what hands the messages over; the loop was busy for ${middle((round) => round.busyUs).toFixed(1)} µs of the clock`,
    },
    {
      what: 'longest block of the event loop',
      value: Math.max(...rounds.map(({ longestBlock }) => longestBlock.cpuMs)),
      unit: 'ms',
      limit: { atMost: 10 },
      note:
        `by the CPU time of the loop's thread, the longest of ${rounds.length} rounds${quick ? ', short ones' : ''}; the median ` +
        `of a round's longest ${middle(({ longestBlock }) => longestBlock.cpuMs).toFixed(1)} ms; by the clock, with what the ` +
        `machine gave to others and helpers of the garbage collection, ${middle(({ longestBlock }) => longestBlock.wallMs).toFixed(1)} ms`,
    },
  ];
}
