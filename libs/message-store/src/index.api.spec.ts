import * as api from './index.js';

describe('the public API of the store', () => {
  it('is this list of names and nothing else', () => {
    expect(Object.keys(api).sort()).toEqual([
      'Agents',
      'BufferFullError',
      'InvalidCursorError',
      'MessageNotFoundError',
      'MessageSetAsideError',
      'MessageStatistics',
      'MessageStoreModule',
      'MessageTooLargeError',
      'MessageWriter',
      'ReadTimeoutError',
      'RetentionLockLostError',
      'SessionList',
      'SessionNotFoundError',
      'StoreHealth',
      'StoreUnavailableError',
      'Transcript',
      'UnsuitableDatabaseError',
      'UsernameTakenError',
      'WriterClosedError',
      'addFigures',
      'anotherWorkerIsRunning',
      'migrateDown',
      'migrateUp',
      'migrationStatus',
      'noFigures',
      'openMessageStore',
      'openRetentionStore',
      'retentionCutoff',
    ]);
  });
});
