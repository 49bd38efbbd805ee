import { type HttpResponse } from '@angular/common/http';
import { DOCUMENT, Injectable, inject } from '@angular/core';
import { type MessageFilter } from '@chat-history/http-contract';
import { firstValueFrom } from 'rxjs';
import { WorkbenchApi } from '../api/workbench-api';

/** Fetches an export with the reader's token and hands it to the browser as a file. */
@Injectable({ providedIn: 'root' })
export class CsvDownload {
  private readonly api = inject(WorkbenchApi);
  private readonly document = inject(DOCUMENT);

  /**
   * Saves only a whole file: a download that broke off fails.
   * @returns the file's name
   * @throws ProblemError
   */
  async save(filter: MessageFilter): Promise<string> {
    const response = await firstValueFrom(this.api.exportCsv(filter));
    const name = fileName(response);
    const url = URL.createObjectURL(response.body ?? new Blob());
    const link = this.document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    // Some browsers read the address only after the click has returned.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    return name;
  }
}

function fileName(response: HttpResponse<Blob>): string {
  const disposition = response.headers.get('Content-Disposition') ?? '';
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  const plain = /filename="?([^";]+)"?/i.exec(disposition)?.[1];
  return (encoded && decoded(encoded)) || plain?.trim() || 'chat-history.csv';
}

function decoded(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}
