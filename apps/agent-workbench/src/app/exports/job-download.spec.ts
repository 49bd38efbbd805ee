import { HttpBackend } from '@angular/common/http';
import { TestBed } from '@angular/core/testing';
import { type ExportJob } from '@chat-history/http-contract';
import { FakeApi } from '../../../test/fake-api';
import { FakeBackend } from '../../../test/fake-backend';
import { message } from '../../../test/fake-data';
import { type SavedFile, keepSavedFiles } from '../../../test/saved-files';
import { ProblemError } from '../api/problem-error';
import { appConfig } from '../app.config';
import { AccessToken } from '../login/access-token';
import { JobDownload, maxGatheredBytes, sliceBytes } from './job-download';

let api: FakeApi;
let saved: readonly SavedFile[];
let download: JobDownload;
let job: ExportJob;

beforeEach(() => {
  // A file of two slices and a bit.
  const content = 'x'.repeat(sliceBytes);
  const of = (n: number) => message(n, new Date(), { session_name: 'long', role: 'user', content });
  api = new FakeApi([of(1), of(2)]);
  saved = keepSavedFiles();
  TestBed.configureTestingModule({
    providers: [...appConfig.providers, { provide: HttpBackend, useValue: new FakeBackend(api) }],
  });
  TestBed.inject(AccessToken).keep(api.tokenFor('lena'), api.idOf('lena'));
  download = TestBed.inject(JobDownload);
  const { id } = api.exports.add(api.idOf('lena'));
  api.exports.succeed(id);
  job = api.exports.jobs[0] as ExportJob;
});
afterEach(() => {
  delete (window as { showSaveFilePicker?: unknown }).showSaveFilePicker;
});

it('puts a file together of its slices and says how far it is', async () => {
  const arrived: number[] = [];
  expect(await download.save(job, (bytes) => arrived.push(bytes))).toBe('chat-history-test.csv');
  expect(arrived).toEqual([sliceBytes, 2 * sliceBytes, job.bytes]);
  expect(saved.map(({ blob }) => blob.size)).toEqual([job.bytes]);
  expect((await saved[0]?.blob.text())?.replaceAll('x'.repeat(sliceBytes), 'x')).toBe(
    'session_name,content\r\nlong,"x"\r\nlong,"x"',
  );
});

it('goes on where a connection broke', async () => {
  api.exports.lostSlices = 2;
  await download.save(job, () => undefined);
  expect(saved.map(({ blob }) => blob.size)).toEqual([job.bytes]);
  expect(api.requests.filter((one) => one.includes('/file'))).toHaveLength(5);
});

it('saves nothing of a file that does not end, or not as long as it is said to be', async () => {
  api.exports.lostSlices = 1_000;
  await expect(download.save(job, () => undefined)).rejects.toMatchObject({ status: 502 });
  api.exports.lostSlices = 0;
  const longer = { ...job, bytes: job.bytes + 1 };
  await expect(download.save(longer, () => undefined)).rejects.toThrow('did not arrive whole');
  expect(saved).toEqual([]);
});

it('saves an empty file without asking for any of it', async () => {
  expect(await download.save({ ...job, format: 'jsonl', bytes: 0 }, () => undefined)).toMatch(/\.jsonl$/);
  expect(saved.map(({ blob }) => blob.size)).toEqual([0]);
});

describe('of more than the page gathers', () => {
  const huge = () => ({ ...job, bytes: maxGatheredBytes + 1 });

  it('says so where the browser cannot write to disk', async () => {
    await expect(download.save(huge(), () => undefined)).rejects.toThrow('too large for this browser');
  });

  it('writes slice by slice to the disk, and leaves no half file there', async () => {
    const log: string[] = [];
    const file = {
      write: async (slice: Blob) => void log.push(`write ${slice.size}`),
      close: async () => void log.push('close'),
      abort: async () => void log.push('abort'),
    };
    Object.assign(window, { showSaveFilePicker: async () => ({ createWritable: async () => file }) });
    await expect(download.save(huge(), () => undefined)).rejects.toThrow('did not arrive whole');
    expect(log).toEqual([`write ${sliceBytes}`, `write ${sliceBytes}`, 'abort']);
  });

  it('saves nothing when the reader chooses no place for it', async () => {
    const showSaveFilePicker = async () => Promise.reject(new DOMException('no', 'AbortError'));
    Object.assign(window, { showSaveFilePicker });
    expect(await download.save(huge(), () => undefined)).toBeUndefined();
  });

  it('says so when the browser may not write there', async () => {
    const showSaveFilePicker = async () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    Object.assign(window, { showSaveFilePicker });
    const refused = download.save(huge(), () => undefined);
    await expect(refused).rejects.toThrow(ProblemError);
    await expect(refused).rejects.toThrow('The file could not be written');
  });
});
