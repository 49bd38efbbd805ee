/** The part of the File System Access API that is used; TypeScript's own library has it only where all browsers do. */
interface SavingWindow {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
}

/** Whether this browser writes to a file piece by piece, as Chrome and Edge do. */
export function canWriteToDisk(window: Window): boolean {
  return 'showSaveFilePicker' in window;
}

/**
 * Asks where to save. To be called in the very click: browsers ask nobody otherwise.
 * @returns undefined when the reader chose not to
 */
export async function chooseDiskFile(
  window: Window,
  suggestedName: string,
): Promise<FileSystemWritableFileStream | undefined> {
  try {
    const handle = await (window as SavingWindow).showSaveFilePicker?.({ suggestedName });
    return await handle?.createWritable();
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') return undefined;
    throw cause;
  }
}
