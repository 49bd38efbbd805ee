import { sizeText } from './size-text';

it.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1_000, '1 kB'],
  [2_500_000, '2.5 MB'],
  [1_234_567_890, '1.2 GB'],
  [5e15, '5,000 TB'],
])('says %i as %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
