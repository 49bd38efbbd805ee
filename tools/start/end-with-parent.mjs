/** Preloaded into each service: when `npm start` itself is killed, the service drains and ends instead of staying. */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
