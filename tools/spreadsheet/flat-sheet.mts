/** A cell of a sheet. */
export interface SheetCell {
  /** Neither a formula nor a number, date, time, boolean or the like. */
  readonly isText: boolean;
  readonly text: string;
}

/** The rows of the first table of a flat OpenDocument file (.fods), as LibreOffice writes it; empty cells have the text ''. */
export function cellsOf(fods: string): SheetCell[][] {
  const table = fods.slice(fods.indexOf('<table:table '), fods.indexOf('</table:table>'));
  return Array.from(table.matchAll(/<table:table-row([^>]*)>(.*?)<\/table:table-row>/gs)).flatMap(
    ([, attributes = '', row = '']) => repeated(attributes, 'rows', rowOf(row)),
  );
}

function rowOf(row: string): SheetCell[] {
  const cells = row.matchAll(/<table:table-cell([^>]*?)(?:\/>|>(.*?)<\/table:table-cell>)/gs);
  return Array.from(cells).flatMap(([, attributes = '', content = '']) =>
    repeated(attributes, 'columns', cellOf(attributes, content)),
  );
}

function cellOf(attributes: string, content: string): SheetCell {
  const type = /office:value-type="(\w+)"/.exec(attributes)?.[1] ?? 'string';
  const paragraphs = Array.from(content.matchAll(/<text:p(?:\/>|[^>]*>(.*?)<\/text:p>)/gs), ([, text = '']) =>
    textOf(text),
  );
  return { isText: type === 'string' && !attributes.includes('table:formula='), text: paragraphs.join('\n') };
}

function textOf(markup: string): string {
  return markup
    .replaceAll(/<text:s(?: text:c="(\d+)")?\/>/g, (_, count: string | undefined) =>
      ' '.repeat(Number(count ?? 1)),
    )
    .replaceAll('<text:tab/>', '\t')
    .replaceAll('<text:line-break/>', '\n')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCodePoint(parseInt(code, 16)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}

function repeated<Item>(attributes: string, what: 'rows' | 'columns', item: Item): Item[] {
  const times = new RegExp(`table:number-${what}-repeated="(\\d+)"`).exec(attributes)?.[1] ?? '1';
  // A sheet ends with rows without number.
  return Array<Item>(Math.min(Number(times), 1_000)).fill(item);
}
