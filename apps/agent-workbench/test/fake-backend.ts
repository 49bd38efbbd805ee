import {
  HttpErrorResponse,
  type HttpBackend,
  type HttpEvent,
  HttpHeaders,
  type HttpRequest,
  HttpResponse,
} from '@angular/common/http';
import { Observable } from 'rxjs';
import { type FakeApi } from './fake-api';

/** Brings what the page asks to a FakeApi and answers as the network would: later, and errors as errors. */
export class FakeBackend implements HttpBackend {
  constructor(private readonly api: FakeApi) {}

  handle(request: HttpRequest<unknown>): Observable<HttpEvent<unknown>> {
    return new Observable((observer) => {
      const timer = setTimeout(async () => {
        if (request.url.endsWith('/messages')) await this.api.repliesWaitFor;
        const { status, headers, body } = this.api.answer({
          method: request.method,
          url: request.urlWithParams,
          authorization: request.headers.get('Authorization'),
          idempotencyKey: request.headers.get('Idempotency-Key'),
          range: request.headers.get('Range'),
          body: request.body,
        });
        const received = {
          status,
          headers: new HttpHeaders(headers),
          url: request.urlWithParams,
          body: request.responseType === 'blob' ? new Blob([asPart(body)]) : body,
        };
        if (status >= 400) {
          observer.error(new HttpErrorResponse({ ...received, error: received.body }));
          return;
        }
        observer.next(new HttpResponse(received));
        observer.complete();
      });
      return () => clearTimeout(timer);
    });
  }
}

function asPart(body: unknown): BlobPart {
  if (ArrayBuffer.isView(body)) return body as BlobPart;
  return typeof body === 'string' ? body : JSON.stringify(body);
}
