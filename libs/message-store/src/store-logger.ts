/** What the store needs of a logger; pino's shape. No call ever carries a message's text. */
export interface StoreLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
