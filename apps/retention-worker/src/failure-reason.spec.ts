import { StoreUnavailableError } from '@chat-history/message-store';
import { failureReason } from './failure-reason.js';

describe('why a run failed', () => {
  it('is the message of an error that is made to be shown', () => {
    expect(failureReason(new StoreUnavailableError('the database does not answer'))).toBe(
      'the database does not answer',
    );
  });

  it('is only the kind of an error that may carry SQL or data', () => {
    const error = Object.assign(new Error('duplicate key: (my secret)'), { code: '23505' });
    expect(failureReason(error)).toBe('unexpected Error 23505; the log says where');
    expect(failureReason('my secret')).toBe('unexpected error');
  });

  it('tells what to do when the schema is missing', () => {
    expect(failureReason(Object.assign(new Error('relation'), { code: '42P01' }))).toContain(
      'npm run migrate',
    );
  });
});
