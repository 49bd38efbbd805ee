import { signal } from '@angular/core';
import { KeysetPages } from './keyset-pages';

it('goes forward by cursors and back the same way', () => {
  const pages = new KeysetPages(signal('query'));
  expect([pages.number(), pages.cursor()]).toEqual([1, undefined]);

  pages.forward('a');
  pages.forward('b');
  expect([pages.number(), pages.cursor()]).toEqual([3, 'b']);

  pages.back();
  expect([pages.number(), pages.cursor()]).toEqual([2, 'a']);
  pages.back();
  pages.back();
  expect([pages.number(), pages.cursor()]).toEqual([1, undefined]);
});

it('begins at the first page of a new query, whose cursors are others', () => {
  const query = signal('one');
  const pages = new KeysetPages(query);
  pages.forward('of one');
  query.set('two');
  expect([pages.number(), pages.cursor()]).toEqual([1, undefined]);
});
