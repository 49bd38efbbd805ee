import { inertCell } from './csv-cell.js';
import { cutCell } from './cut-cell.js';

describe('a cell that is cut', () => {
  it.each([0, 1, 32_767])('is whole with %d characters', (length) => {
    expect(cutCell('x'.repeat(length))).toHaveLength(length);
  });

  it('holds as much as Excel does, and says how much there was', () => {
    const cell = cutCell('x'.repeat(32_768));
    expect(cell).toHaveLength(32_767);
    expect(cell).toMatch(/^x+… \[cut: 32768 characters\]$/);
  });

  it('ends ahead of a character that would be halved', () => {
    for (const text of ['😀'.repeat(20_000), `x${'😀'.repeat(20_000)}`]) {
      const cell = cutCell(text);
      expect(cell.isWellFormed()).toBe(true);
      expect(cell.length).toBeGreaterThanOrEqual(32_766);
      expect(cell.length).toBeLessThanOrEqual(32_767);
    }
  });

  it('is never one that is read as a value, whatever was cut off', () => {
    const cell = cutCell(inertCell('1'.repeat(40_000) + ' pieces'));
    expect(inertCell(cell)).toBe(cell);
  });
});
