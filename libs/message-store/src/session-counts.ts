/** Of a session's last message, in Unicode characters; enough for a line in a list. */
export const previewCharacters = 200;

/** What `chat_sessions` counts, of the messages of a group. */
export const messageCounts = `
  count(*) as message_count,
  count(*) filter (where role = 'user') as user_count,
  count(*) filter (where role = 'assistant') as assistant_count,
  count(*) filter (where role = 'agent') as agent_count`;

/**
 * Two queries of a WITH: `counted` and, with the last messages, `recounted`, which has a row for each session as the
 * writer would have kept it but for `started_at`. A last message is looked up by its time, so that no text is sorted.
 * @param sessions and `times` are conditions on messages: whose, and since when or up to when.
 * @param counts what else is counted of a session's messages.
 */
export function recountedSql(sessions: string, times: string, ...counts: readonly string[]): string {
  return `
  counted as (
    select session_name, min(created_at) as first_message_at, max(created_at) as last_message_at,
           ${[messageCounts, ...counts].join(', ')}
    from chat_messages
    where ${sessions} and ${times}
    group by session_name
  ), recounted as (
    select counted.*, last.id as last_message_id, last.role as last_role, last.preview as last_message_preview
    from counted
    cross join lateral (
      select id, role, left(content, ${previewCharacters}) as preview
      from chat_messages m
      where m.session_name = counted.session_name and m.created_at = counted.last_message_at and ${times}
      order by id desc
      limit 1) last
  )`;
}
