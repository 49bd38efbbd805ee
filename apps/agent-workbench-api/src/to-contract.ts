import type {
  ChatMessage,
  ChatSession,
  SearchHit,
  SearchPage,
  Statistics as StatisticsAnswer,
  StatisticsQuery as StatisticsRequest,
  StatisticsTotals as TotalsAnswer,
} from '@chat-history/http-contract';
import type {
  ChatSession as KeptSession,
  FoundMessage,
  Message,
  MessageSearchPage,
  Statistics,
  StatisticsTotals,
} from '@chat-history/message-store';

// How what the store gives crosses HTTP: names in snake_case, times as ISO 8601 UTC.

export function chatMessageOf(message: Message): ChatMessage {
  return {
    session_name: message.sessionName,
    created_at: message.createdAt.toISOString(),
    id: message.id,
    role: message.role,
    content: message.content,
    response_time_ms: message.responseTimeMs,
    agent_id: message.agentId,
    agent_name: message.agentName,
    status: message.status,
    metadata: message.metadata,
  };
}

export function chatSessionOf(session: KeptSession): ChatSession {
  return {
    session_name: session.sessionName,
    started_at: session.startedAt.toISOString(),
    last_message_at: session.lastMessageAt.toISOString(),
    message_count: session.messageCount,
    user_count: session.userCount,
    assistant_count: session.assistantCount,
    agent_count: session.agentCount,
    last_role: session.lastRole,
    last_message_preview: session.lastMessagePreview,
  };
}

export function searchPageOf({ items, nextCursor, count, ranked }: MessageSearchPage): SearchPage {
  return {
    items: items.map(searchHitOf),
    next_cursor: nextCursor,
    ...(count && { count }),
    ...(ranked && { ranked: { hits: ranked.hits, is_all: ranked.isAll } }),
  };
}

function searchHitOf({ message, segments }: FoundMessage): SearchHit {
  return { message: chatMessageOf(message), segments };
}

export function statisticsOf(
  counted: Statistics,
  { time_zone, interval }: Pick<StatisticsRequest, 'time_zone' | 'interval'>,
): StatisticsAnswer {
  const { previous } = counted;
  return {
    from: counted.from.toISOString(),
    to: counted.to.toISOString(),
    time_zone,
    interval,
    ...totalsOf(counted),
    series: counted.series.map(({ start, newSessions, interruptedAnswers, failedAnswers, ...interval }) => ({
      start: start.toISOString(),
      user: interval.user,
      assistant: interval.assistant,
      agent: interval.agent,
      new_sessions: newSessions,
      interrupted_answers: interruptedAnswers,
      failed_answers: failedAnswers,
      response_time_ms: interval.responseTimeMs,
    })),
    hour_of_week: counted.hourOfWeek.map((hours) => [...hours]),
    previous: {
      from: previous.from.toISOString(),
      to: previous.to.toISOString(),
      is_cut: previous.isCut,
      ...totalsOf(previous),
    },
  };
}

function totalsOf(totals: StatisticsTotals): TotalsAnswer {
  return {
    sessions: totals.sessions,
    new_sessions: totals.newSessions,
    agent_sessions: totals.agentSessions,
    messages: totals.messages,
    by_role: totals.byRole,
    by_agent: totals.byAgent.map(({ agentId, agentName, messages }) => ({
      agent_id: agentId,
      agent_name: agentName,
      messages,
    })),
    unanswered_turns: totals.unansweredTurns,
    interrupted_answers: totals.interruptedAnswers,
    failed_answers: totals.failedAnswers,
    response_time_ms: totals.responseTimeMs,
  };
}
