/** Hands over what a bot says to who asked. What was said before a failure still arrives, ahead of the failure. */
export class Handover implements AsyncIterable<string> {
  private readonly pieces: string[] = [];
  private readonly first = Promise.withResolvers<void>();
  private moved = Promise.withResolvers<void>();
  private spoken = false;
  private ending: { readonly error?: unknown } | undefined;

  /** Whether a piece that is not empty was said; it can no longer be taken back. */
  get hasSpoken(): boolean {
    return this.spoken;
  }

  /** Resolves with the first piece that is not empty; never when there is none. */
  get firstPiece(): Promise<void> {
    return this.first.promise;
  }

  push(piece: string): void {
    if (piece === '' || this.ending) return;
    this.spoken = true;
    this.first.resolve();
    this.pieces.push(piece);
    this.move();
  }

  end(): void {
    this.ending ??= {};
    this.move();
  }

  fail(error: unknown): void {
    this.ending ??= { error };
    this.move();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    for (;;) {
      for (let piece = this.pieces.shift(); piece !== undefined; piece = this.pieces.shift()) yield piece;
      if (this.ending) {
        if ('error' in this.ending) throw this.ending.error;
        return;
      }
      await this.moved.promise;
    }
  }

  private move(): void {
    this.moved.resolve();
    this.moved = Promise.withResolvers<void>();
  }
}
