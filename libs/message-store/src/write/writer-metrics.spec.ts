import { Registry } from 'prom-client';
import { storeOptions } from '../../test/store-options.js';
import { openMessageWriter } from './open-message-writer.js';
import { WriterMetrics } from './writer-metrics.js';

describe('the metrics of the writer', () => {
  it('show every figure of its state', async () => {
    const { writer } = openMessageWriter(await storeOptions('postgres://nobody@localhost/nothing'));
    const registry = new Registry();
    new WriterMetrics(writer, registry);
    const figures = await registry.getMetricsAsJSON();
    expect(figures).toHaveLength(Object.keys(writer.state()).length);
    for (const [name, value] of [
      ['chat_history_database_up', 1],
      ['chat_history_spool_usable', 0],
      ['chat_history_spooled_messages', 0],
      ['chat_history_undurable_total', 0],
      ['chat_history_lost_total', 0],
    ]) {
      expect(figures).toContainEqual(
        expect.objectContaining({ name, values: [expect.objectContaining({ value })] }),
      );
    }
  });
});
