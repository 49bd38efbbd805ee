/** What Node 24 has and TypeScript 6 does not know of (ECMAScript, "JSON.parse source text access"). */
interface RawJson {
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
}
const rawJson = JSON as unknown as RawJson;
type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/**
 * `JSON.parse` that loses no number: one that JavaScript would write otherwise (`12345678901234567890`, `1.10`) becomes
 * an object that `JSON.stringify` writes as it was. PostgreSQL keeps both.
 * @param revive is asked for every value but such a number.
 * @throws SyntaxError no JSON
 */
export function parseExactly(text: string, revive: (value: unknown) => unknown = (value) => value): unknown {
  const reviver: Reviver = (_key, value, { source }) => {
    const isOtherwise = typeof value === 'number' && source !== undefined && JSON.stringify(value) !== source;
    return isOtherwise ? rawJson.rawJSON(source) : revive(value);
  };
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
}

/** Whether `parseExactly` made this object of a number. */
export function isExactNumber(value: unknown): boolean {
  return rawJson.isRawJSON(value);
}
