import { createHash, createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const s3Credentials = { accessKeyId: 'SPECKEY', secretAccessKey: 'only-for-specs' };
export const s3Region = 'eu-spec-1';
export const s3Bucket = 'exports';

interface S3Fault {
  readonly status: number;
  readonly code: string;
}

interface Upload {
  readonly key: string;
  readonly parts: Map<number, Buffer>;
}

/** Entries of a list that one answer has, so few that a list takes several. */
const maxListed = 2;

/** As much of S3 as an export store needs, in memory: objects, ranges, uploads in parts, lists, signatures (version 4). */
export class S3Server {
  readonly objects = new Map<string, Buffer>();
  readonly uploads = new Map<string, Upload>();
  readonly requests: string[] = [];
  /** Answered instead of the request, when there is one: a status and S3's name of the error. May take its time. */
  fault: ((request: string) => S3Fault | undefined | Promise<S3Fault | undefined>) | undefined;
  /** Breaks the connection off after so many bytes of an object. */
  breaksOffAfter: number | undefined;
  url = '';
  private readonly server: Server = createServer((request, response) => {
    this.serve(request, response).catch(() => response.destroy());
  });

  static async start(): Promise<S3Server> {
    const s3 = new S3Server();
    s3.server.listen(0, '127.0.0.1');
    await once(s3.server, 'listening');
    s3.url = `http://127.0.0.1:${(s3.server.address() as AddressInfo).port}`;
    return s3;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url ?? '/', this.url);
    const name = `${request.method} ${url.pathname}${url.search}`;
    this.requests.push(name);
    const fault = await this.fault?.(name);
    if (fault) return sendFault(response, fault.status, fault.code);
    if (!isSigned(request, url, body)) return sendFault(response, 403, 'SignatureDoesNotMatch');
    const [, bucket, ...rest] = url.pathname.split('/');
    if (bucket !== s3Bucket) return sendFault(response, 404, 'NoSuchBucket');
    const key = decodeURIComponent(rest.join('/'));
    if (key === '') return this.list(url.searchParams, response);
    if (url.searchParams.has('uploads') || url.searchParams.has('uploadId'))
      return this.upload(request.method, key, url.searchParams, body, response);
    return this.object(request, key, body, response);
  }

  private object(request: IncomingMessage, key: string, body: Buffer, response: ServerResponse): void {
    if (request.method === 'PUT') {
      this.objects.set(key, body);
      response.writeHead(200, { ETag: etagOf(body) }).end();
      return;
    }
    if (request.method === 'DELETE') {
      this.objects.delete(key);
      response.writeHead(204).end();
      return;
    }
    const object = this.objects.get(key);
    if (!object) return sendFault(response, 404, 'NoSuchKey');
    if (this.breaksOffAfter !== undefined) {
      response.writeHead(200, { 'Content-Length': object.length });
      response.write(object.subarray(0, this.breaksOffAfter), () => response.destroy());
      return;
    }
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    if (start === undefined) {
      response.writeHead(200, { 'Content-Length': object.length }).end(object);
      return;
    }
    const part = object.subarray(Number(start), Number(end) + 1);
    const range = `bytes ${start}-${Number(start) + part.length - 1}/${object.length}`;
    response.writeHead(206, { 'Content-Length': part.length, 'Content-Range': range }).end(part);
  }

  private upload(
    method: string | undefined,
    key: string,
    query: URLSearchParams,
    body: Buffer,
    response: ServerResponse,
  ): void {
    if (query.has('uploads')) {
      const id = randomUUID();
      this.uploads.set(id, { key, parts: new Map() });
      return sendXml(response, 'InitiateMultipartUploadResult', `<UploadId>${id}</UploadId>`);
    }
    const id = query.get('uploadId') ?? '';
    const upload = this.uploads.get(id);
    if (upload?.key !== key) return sendFault(response, 404, 'NoSuchUpload');
    if (method === 'PUT') {
      upload.parts.set(Number(query.get('partNumber')), body);
      response.writeHead(200, { ETag: etagOf(body) }).end();
    } else if (method === 'DELETE') {
      this.uploads.delete(id);
      response.writeHead(204).end();
    } else {
      const numbers = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, n]) =>
        Number(n),
      );
      const parts = numbers.map((number) => upload.parts.get(number));
      if (parts.some((part) => part === undefined)) return sendFault(response, 400, 'InvalidPart');
      this.objects.set(key, Buffer.concat(parts as Buffer[]));
      this.uploads.delete(id);
      sendXml(response, 'CompleteMultipartUploadResult', `<Key>${key}</Key>`);
    }
  }

  private list(query: URLSearchParams, response: ServerResponse): void {
    const prefix = query.get('prefix') ?? '';
    const now = new Date().toISOString();
    if (query.has('uploads')) {
      const after = query.get('upload-id-marker') ?? '';
      const found = [...this.uploads].filter(([id, { key }]) => key.startsWith(prefix) && id > after);
      const page = found.toSorted(([a], [b]) => (a < b ? -1 : 1)).slice(0, maxListed);
      const uploads = page.map(
        ([id, { key }]) =>
          `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${now}</Initiated></Upload>`,
      );
      const [lastId, last] = page.at(-1) ?? [];
      const next = `<NextKeyMarker>${last?.key}</NextKeyMarker><NextUploadIdMarker>${lastId}</NextUploadIdMarker>`;
      const isTruncated = `<IsTruncated>${found.length > maxListed}</IsTruncated>`;
      return sendXml(response, 'ListMultipartUploadsResult', isTruncated + next + uploads.join(''));
    }
    const after = query.get('continuation-token') ?? '';
    const found = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after);
    const page = found.toSorted().slice(0, maxListed);
    const contents = page.map(
      (key) => `<Contents><Key>${key}</Key><LastModified>${now}</LastModified></Contents>`,
    );
    const isTruncated = `<IsTruncated>${found.length > maxListed}</IsTruncated>`;
    const next =
      found.length > maxListed ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    sendXml(response, 'ListBucketResult', isTruncated + next + contents.join(''));
  }
}

function etagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

function sendXml(response: ServerResponse, root: string, content: string): void {
  response.writeHead(200, { 'Content-Type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><${root}>${content}</${root}>`);
}

function sendFault(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'Content-Type': 'application/xml' });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>no</Message></Error>`,
  );
}

/** As "Signature Calculations for the Authorization Header" of the S3 manual says. */
function isSigned(request: IncomingMessage, url: URL, body: Buffer): boolean {
  const { headers } = request;
  const [, keyId, date, region, names = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/([\w-]+)\/s3\/aws4_request, ?SignedHeaders=([\w;-]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  if (keyId !== s3Credentials.accessKeyId || region !== s3Region || !date) return false;
  const bodyHash = String(headers['x-amz-content-sha256']);
  if (bodyHash !== 'UNSIGNED-PAYLOAD' && bodyHash !== createHash('sha256').update(body).digest('hex'))
    return false;
  const query = [...url.searchParams]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .toSorted()
    .join('&');
  const signed = names.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const canonical = [request.method, url.pathname, query, signed.join(''), names, bodyHash].join('\n');
  const scope = `${date}/${region}/s3/aws4_request`;
  const hash = createHash('sha256').update(canonical).digest('hex');
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hash].join('\n');
  const key = [date, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${s3Credentials.secretAccessKey}`,
  );
  return createHmac('sha256', key).update(toSign).digest('hex') === signature;
}
