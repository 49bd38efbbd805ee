/** Whether the service of this container answers. Not whether it is ready: a database that is away restarts nobody. */
const ports = {
  'ai-chatbot': process.env.CHATBOT_PORT || 3001,
  'agent-workbench-api': process.env.API_PORT || 3002,
  'retention-worker': process.env.WORKER_PORT || 3003,
};

const answer = await fetch(`http://127.0.0.1:${ports[process.env.APP]}/health/live`);
process.exit(answer.ok ? 0 : 1);
