import type { OpenAPIObject } from '@nestjs/swagger';
import { startWorkbench, type Workbench } from '../test/workbench.js';

let workbench: Workbench;
let docs: OpenAPIObject;
beforeAll(async () => {
  workbench = await startWorkbench();
  docs = (await workbench.get('/docs-json')).body as OpenAPIObject;
});
afterAll(() => workbench.stop());

it('the docs say how a search is asked: every parameter, none required, with its values and its default', () => {
  const { parameters } = docs.paths['/api/history/search']!.get!;
  const byName = Object.fromEntries(
    parameters!.flatMap((parameter) => ('name' in parameter ? [[parameter.name, parameter]] : [])),
  );
  expect(Object.keys(byName).toSorted()).toEqual(
    'agent_id count cursor from limit order q role session_name status to'.split(' '),
  );
  expect(Object.values(byName).filter(({ required }) => required)).toEqual([]);
  expect(byName['order']).toMatchObject({
    in: 'query',
    schema: { enum: ['newest', 'oldest', 'relevance'], default: 'newest' },
  });
  expect(byName['count']).toMatchObject({ schema: { enum: ['true', 'false'], default: 'false' } });
  expect(byName['limit']).toMatchObject({
    schema: { type: 'integer', minimum: 1, maximum: 200 },
  });
});

it('the docs say what a page of hits is', () => {
  const { HitCount, RankedHits, SearchPage } = docs.components!.schemas!;
  expect(SearchPage).toMatchObject({ required: ['items', 'next_cursor'] });
  expect(HitCount).toMatchObject({
    properties: { value: { maximum: 1_000 }, relation: { enum: ['exact', 'at_least'] } },
    required: ['value', 'relation'],
  });
  expect(RankedHits).toMatchObject({ required: ['hits', 'is_all'] });
});
