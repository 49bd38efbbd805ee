import type { Message } from '@chat-history/message-store';
import { BotAbandonedError, BotBusyError, BotTimeoutError, BotUnavailableError } from '../bot/bot.errors.js';

const turnFailures = ['failed', 'timeout', 'stopping', 'unavailable'] as const;

/** Why a reply is not whole. It is kept in the reply's metadata, so that a repeat of the turn is told the same. */
export type TurnFailure = (typeof turnFailures)[number];

export function turnFailureOf(error: unknown): TurnFailure {
  if (error instanceof BotTimeoutError) return 'timeout';
  if (error instanceof BotAbandonedError) return 'stopping';
  if (error instanceof BotUnavailableError || error instanceof BotBusyError) return 'unavailable';
  return 'failed';
}

/** As it is kept with a reply; undefined for one that is whole. */
export function keptFailureOf({ status, metadata }: Message): TurnFailure | undefined {
  if (status === 'complete') return undefined;
  return turnFailures.find((failure) => failure === metadata?.['failure']) ?? 'failed';
}
