export interface SavedFile {
  readonly blob: Blob;
  readonly name: string;
}

/** jsdom has no downloads: what a browser would save is kept in what this gives, from here on. */
export function keepSavedFiles(): readonly SavedFile[] {
  const saved: SavedFile[] = [];
  let last = new Blob();
  URL.createObjectURL = (blob) => {
    last = blob as Blob;
    return 'blob:saved';
  };
  URL.revokeObjectURL = () => undefined;
  HTMLAnchorElement.prototype.click = function () {
    saved.push({ blob: last, name: this.download });
  };
  return saved;
}
