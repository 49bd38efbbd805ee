/**
 * Every session's row, counted from its messages: what the writer would have kept. The last messages are joined by
 * their time, so that no text is sorted but theirs.
 */
export const sessionsFromMessages = `
  with session as (
    select session_name,
           min(created_at) as first_message_at,
           max(created_at) as last_message_at,
           count(*) as message_count,
           count(*) filter (where role = 'user') as user_count,
           count(*) filter (where role = 'assistant') as assistant_count,
           count(*) filter (where role = 'agent') as agent_count
    from chat_messages
    group by session_name
  )
  insert into chat_sessions (session_name, started_at, first_message_at, last_message_at, last_message_id, last_role,
                             last_message_preview, message_count, user_count, assistant_count, agent_count)
  select distinct on (session_name)
         session_name, first_message_at, first_message_at, last_message_at, m.id, m.role, left(m.content, 200),
         message_count, user_count, assistant_count, agent_count
  from session
  join chat_messages m using (session_name)
  where m.created_at = last_message_at
  order by session_name, m.id desc`;
