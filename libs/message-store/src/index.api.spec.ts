import * as api from './index.js';

describe('the public API of the store', () => {
  it('is this list of names and nothing else', () => {
    expect(Object.keys(api).sort()).toEqual([
      'Agents',
      'BufferFullError',
      'ExportTimeoutError',
      'InvalidCursorError',
      'MessageCsvExport',
      'MessageNotFoundError',
      'MessageSearch',
      'MessageSetAsideError',
      'MessageStatistics',
      'MessageStoreModule',
      'MessageTooLargeError',
      'MessageWriter',
      'PasswordCheckBusyError',
      'ReadTimeoutError',
      'RetentionLockLostError',
      'SessionList',
      'SessionNotFoundError',
      'StoreHealth',
      'StoreUnavailableError',
      'TooManyExportsError',
      'TooManyIntervalsError',
      'Transcript',
      'UnknownTimeZoneError',
      'UnsuitableDatabaseError',
      'UsernameTakenError',
      'WriterClosedError',
      'WriterMetrics',
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
