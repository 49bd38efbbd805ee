/**
 * Preloaded into ai-chatbot: the same service with a store that does nothing, to measure what the real one costs. Its
 * messages get ids and times and go nowhere; no turn asks the database anything.
 */
import { MessageWriter, newMessageId, TurnLedger } from '@chat-history/message-store';

const durable = Promise.resolve('committed');

MessageWriter.prototype.save = (newMessage) => {
  const { id = newMessageId(), sessionName, role, content, status = 'complete' } = newMessage;
  const createdAt = new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
  const { responseTimeMs = null, agentId = null, agentName = null, metadata = null } = newMessage;
  return {
    message: {
      sessionName,
      createdAt,
      id,
      role,
      content,
      status,
      responseTimeMs,
      agentId,
      agentName,
      metadata,
    },
    durable,
  };
};

TurnLedger.prototype.begin = async ({ mayContinue }) => ({
  outcome: 'begun',
  questionId: newMessageId(),
  beginsSession: !mayContinue,
  conversation: null,
  context: [],
});
TurnLedger.prototype.renew = async () => true;
TurnLedger.prototype.end = async () => true;
