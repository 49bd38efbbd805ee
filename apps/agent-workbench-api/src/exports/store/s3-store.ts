import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  NoSuchUpload,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3';
import {
  ExportFileMissingError,
  ExportStorageError,
  ExportStorageFullError,
  type ByteRange,
  type ExportStore,
  type StoredFile,
} from './export-store.js';
import { partsOf } from './part-buffer.js';

export interface S3Options {
  readonly bucket: string;
  /** Ahead of every key. */
  readonly prefix: string;
  readonly region: string;
  /** Of a storage other than AWS. */
  readonly endpoint?: string;
  /** Whether the bucket is the path's beginning, not the host's. */
  readonly forcePathStyle: boolean;
  /** Those of the machine's role, as the SDK finds them, if left out. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** 10,000 parts, the most S3 takes, are 80 GiB. */
const partBytes = 8_388_608;

const connectTimeoutMs = 3_000;
/** Without a byte from or to the storage. A reader who is as slow is cut, too. */
const idleTimeoutMs = 30_000;
/** Until a part is taken, or an answer begins. */
const answerTimeoutMs = 60_000;
const maxAttempts = 3;

/** Objects of a bucket. An object is there when its upload was completed, never before. */
export class S3Store implements ExportStore {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor({ bucket, prefix, ...where }: S3Options) {
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#client = new S3Client({
      ...where,
      maxAttempts,
      // Storages other than AWS know no checksums at the end of a body; a job has a checksum of its own.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: {
        connectionTimeout: connectTimeoutMs,
        socketTimeout: idleTimeoutMs,
        requestTimeout: answerTimeoutMs,
        throwOnRequestTimeout: true,
      },
    });
  }

  async write(key: string, file: Readable): Promise<void> {
    const broken = new AbortController();
    // What is under way is not waited for when the file cannot be finished: it may hang.
    file.once('close', () => {
      if (!file.readableEnded) broken.abort();
    });
    try {
      await this.#upload(key, file, broken.signal);
    } catch (error) {
      // What was sent when the file failed was aborted.
      const isOfFile = error === file.errored || (error as Error).name === 'AbortError';
      const fault = (isOfFile && file.errored) || asStorageError(error);
      file.destroy();
      // What cannot be removed now is found by the next look at what nobody wants.
      await this.remove(key).catch(() => undefined);
      throw fault;
    }
  }

  /** One part is sent at a time: the next is gathered when that is taken. */
  async #upload(key: string, file: Readable, abortSignal: AbortSignal): Promise<void> {
    const object = this.#object(key);
    const client = this.#client;
    let upload: string | undefined;
    const parts: CompletedPart[] = [];
    for await (const part of partsOf(file, partBytes)) {
      if (upload === undefined && part.length < partBytes) {
        await client.send(new PutObjectCommand({ ...object, Body: part }), { abortSignal });
        return;
      }
      upload ??= (await client.send(new CreateMultipartUploadCommand(object), { abortSignal })).UploadId;
      const at = { UploadId: upload, PartNumber: parts.length + 1 };
      const { ETag } = await client.send(new UploadPartCommand({ ...object, ...at, Body: part }), {
        abortSignal,
      });
      parts.push({ ETag, PartNumber: at.PartNumber });
    }
    await client.send(
      new CompleteMultipartUploadCommand({ ...object, UploadId: upload, MultipartUpload: { Parts: parts } }),
      { abortSignal },
    );
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const { Body } = await this.#asked(() =>
      this.#client.send(
        new GetObjectCommand({
          ...this.#object(key),
          ...(range && { Range: `bytes=${range.start}-${range.end}` }),
        }),
      ),
    );
    // Under Node it is a stream.
    return Body as Readable;
  }

  async remove(key: string): Promise<void> {
    await this.#asked(async () => {
      await this.#client.send(new DeleteObjectCommand(this.#object(key)));
      for await (const upload of this.#uploads(this.#prefix + key)) {
        if (upload.Key !== this.#prefix + key) continue;
        await this.#abort(key, upload.UploadId);
      }
    });
  }

  /** One that was ended since it was listed is gone; what it may have become is removed with it. */
  async #abort(key: string, upload: string | undefined): Promise<void> {
    try {
      await this.#client.send(new AbortMultipartUploadCommand({ ...this.#object(key), UploadId: upload }));
    } catch (error) {
      if (!(error instanceof NoSuchUpload)) throw error;
      await this.#client.send(new DeleteObjectCommand(this.#object(key)));
    }
  }

  async *list(): AsyncGenerator<StoredFile> {
    try {
      const objects = { Bucket: this.#bucket, Prefix: this.#prefix };
      for await (const page of paginateListObjectsV2({ client: this.#client }, objects)) {
        for (const { Key, LastModified } of page.Contents ?? []) yield* this.#storedFile(Key, LastModified);
      }
      for await (const { Key, Initiated } of this.#uploads(this.#prefix)) {
        yield* this.#storedFile(Key, Initiated);
      }
    } catch (error) {
      throw asStorageError(error);
    }
  }

  /** Uploads that were begun and neither completed nor given up. */
  async *#uploads(prefix: string) {
    let next: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
    while (next) {
      const page: ListedUploads = await this.#client.send(
        new ListMultipartUploadsCommand({ Bucket: this.#bucket, Prefix: prefix, ...next }),
      );
      yield* page.Uploads ?? [];
      next = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
        : undefined;
    }
  }

  *#storedFile(key: string | undefined, changedAt: Date | undefined): Generator<StoredFile> {
    if (key && changedAt) yield { key: key.slice(this.#prefix.length), changedAt };
  }

  #object(key: string) {
    return { Bucket: this.#bucket, Key: this.#prefix + key };
  }

  async #asked<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask();
    } catch (error) {
      throw asStorageError(error);
    }
  }
}

interface ListedUploads {
  readonly Uploads?: readonly {
    readonly Key?: string;
    readonly UploadId?: string;
    readonly Initiated?: Date;
  }[];
  readonly IsTruncated?: boolean;
  readonly NextKeyMarker?: string;
  readonly NextUploadIdMarker?: string;
}

const insufficientStorage = 507;

/** The messages may name buckets and keys: they stay in `cause`. */
function asStorageError(error: unknown): Error {
  if (error instanceof S3ServiceException) {
    if (error.name === 'NoSuchKey') return new ExportFileMissingError('no such object', { cause: error });
    const isFull =
      error.$metadata.httpStatusCode === insufficientStorage || /StorageFull|QuotaExceeded/.test(error.name);
    if (isFull) return new ExportStorageFullError('the storage is full', { cause: error });
  }
  return new ExportStorageError('the storage does not answer, or refuses', { cause: error });
}
