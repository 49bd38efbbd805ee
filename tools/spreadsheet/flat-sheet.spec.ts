import { cellsOf } from './flat-sheet.mts';

const cell = (attributes: string, content: string) =>
  `<table:table-cell ${attributes}>\n${content}\n</table:table-cell>`;
const text = (content: string) => cell('office:value-type="string"', `<text:p>${content}</text:p>`);
const sheet = (rows: string) =>
  `<office:spreadsheet><table:table table:name="a"><table:table-column/>${rows}</table:table></office:spreadsheet>`;
const row = (cells: string, attributes = '') => `<table:table-row${attributes}>${cells}</table:table-row>`;

describe('a flat sheet', () => {
  it('has texts as they are, with their spaces, tabs, lines and signs', () => {
    const cells = [
      text('a<text:s text:c="3"/>b<text:s/><text:tab/>'),
      text('&lt;b&gt; &amp;amp; &apos;&quot; &#x1f600;'),
      cell('office:value-type="string"', '<text:p>one</text:p><text:p/><text:p>three</text:p>'),
    ];
    expect(cellsOf(sheet(row(cells.join(''))))).toEqual([
      [
        { isText: true, text: 'a   b \t' },
        { isText: true, text: '<b> &amp; \'" 😀' },
        { isText: true, text: 'one\n\nthree' },
      ],
    ]);
  });

  it('tells formulas and values from texts', () => {
    const cells = [
      cell('office:value-type="float" office:value="1"', '<text:p>1</text:p>'),
      cell('office:value-type="date"', '<text:p>01/02/26</text:p>'),
      cell('table:formula="of:=&quot;a&quot;" office:value-type="string"', '<text:p>a</text:p>'),
    ];
    expect(cellsOf(sheet(row(cells.join(''))))[0]?.map(({ isText }) => isText)).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('has what is repeated as often as it is there', () => {
    const rows = row(
      '<table:table-cell table:number-columns-repeated="2"/>' + text('x'),
      ' table:number-rows-repeated="2"',
    );
    const expected = ['', '', 'x'].map((shown) => ({ isText: true, text: shown }));
    expect(cellsOf(sheet(rows))).toEqual([expected, expected]);
  });
});
