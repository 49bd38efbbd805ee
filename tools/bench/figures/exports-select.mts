/** What an export of everything asks for. */
export const exported =
  'select session_name, created_at, id, role, content, response_time_ms, agent_id, agent_name, status ' +
  'from chat_messages order by created_at, id';
