import { retentionCutoff } from '@chat-history/message-store';
import fc from 'fast-check';
import { reasonToRefuse } from './shortened-retention.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

function runAt(time: string | number, retentionDays: number) {
  const startedAt = new Date(time);
  return { startedAt, cutoff: retentionCutoff(startedAt, retentionDays) };
}

describe('a run whose retention was shortened', () => {
  it('is refused when a 3 was typed for 30', () => {
    const reason = reasonToRefuse(runAt('2026-03-09T03:00:00Z', 30), runAt('2026-03-10T03:00:00Z', 3));
    expect(reason).toContain('CHAT_HISTORY_RETENTION_DAYS is 27 days shorter');
    expect(reason).toContain('--confirm-shortened');
  });

  it('is refused however long ago the last good run was', () => {
    expect(
      reasonToRefuse(runAt('2026-01-01T03:00:00Z', 30), runAt('2026-03-10T03:00:00Z', 27)),
    ).toBeDefined();
  });

  it('goes on when it is shorter by two days, as long as before, or longer', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_650 }),
        fc.integer({ min: -3_650, max: 2 }),
        fc.integer({ min: 0, max: 1_000 * 86_400_000 }),
        (retentionDays, shorterByDays, passedMs) => {
          const last = runAt('2026-01-01T03:00:00Z', retentionDays);
          const next = runAt(last.startedAt.getTime() + passedMs, retentionDays - shorterByDays);
          return reasonToRefuse(last, next) === undefined;
        },
      ),
      { numRuns },
    );
  });
});
