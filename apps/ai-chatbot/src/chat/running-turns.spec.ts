import { RunningTurns } from './running-turns.js';

describe('stopping', () => {
  it('lets answers go on for the grace, then has them cut, and waits for what they leave to do as well', async () => {
    const turns = new RunningTurns();
    const cut = new Promise((resolve) => turns.abandoning.addEventListener('abort', resolve));
    const lease = Promise.withResolvers<void>();
    let isLeaseBack = false;
    void turns.track(cut.then(() => void turns.track(lease.promise)));
    const stopped = turns.stop(0).then(() => isLeaseBack);
    expect(turns.closing.aborted).toBe(true);
    expect(turns.abandoning.aborted).toBe(false);

    await cut;
    await new Promise(setImmediate);
    isLeaseBack = true;
    lease.resolve();
    expect(await stopped).toBe(true);
  });

  it('ends at once when nothing runs', async () => {
    await new RunningTurns().stop(60_000);
  });
});
