import type { HealthCheck } from './readiness.js';

/** What is asked of a message writer; the shell knows no store. */
interface WriterWithState {
  state(): {
    readonly bufferedMessages: number;
    readonly spooledMessages: number;
    readonly spoolBytes: number;
    readonly spoolIsUsable: boolean;
    readonly undurableTotal: number;
    readonly lostTotal: number;
  };
}

/** Whether a database answers. @param ping rejects when it does not. */
export function databaseCheck(how: {
  readonly name: string;
  readonly required: boolean;
  readonly ping: () => Promise<void>;
}): HealthCheck {
  const { name, required, ping } = how;
  return { name, required, check: () => ping().then(() => ({ up: true })) };
}

/** Messages are taken without the spool as well; then a killed process loses what the database did not take. */
export function spoolCheck(writer: WriterWithState): HealthCheck {
  return {
    name: 'spool',
    required: false,
    check: () => {
      const { spoolIsUsable, spooledMessages, spoolBytes } = writer.state();
      return { up: spoolIsUsable, messages: spooledMessages, bytes: spoolBytes };
    },
  };
}

/** Messages that are kept nowhere need a person, and are shown until the service is started again. */
export function messagesCheck(writer: WriterWithState): HealthCheck {
  return {
    name: 'messages',
    required: false,
    check: () => {
      const { bufferedMessages, undurableTotal, lostTotal } = writer.state();
      return { up: lostTotal === 0, buffered: bufferedMessages, undurable: undurableTotal, lost: lostTotal };
    },
  };
}
