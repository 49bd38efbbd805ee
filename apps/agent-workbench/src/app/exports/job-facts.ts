import { type ExportJob, type ExportManifest } from '@chat-history/http-contract';
import { sizeText } from './size-text';

/** A line of what is known of a job; an `instant` is shown in the reader's zone, before the text. */
export interface JobFact {
  readonly term: string;
  readonly instant?: string;
  readonly text?: string;
}

/** When it was made, and what its manifest says of the file, but for the checksum. */
export function jobFacts(job: ExportJob): readonly JobFact[] {
  return [
    { term: 'Asked for', instant: job.created_at },
    ...whenKnown('Began', job.started_at),
    ...whenKnown('Ended', job.finished_at),
    ...(job.status === 'succeeded' ? whenKnown('Kept until', job.expires_at) : []),
    ...(job.manifest ? fileFacts(job.manifest) : []),
  ];
}

function fileFacts(manifest: ExportManifest): readonly JobFact[] {
  return [
    { term: 'State as of', instant: manifest.snapshot_at },
    { term: 'Messages', text: manifest.rows.toLocaleString() },
    { term: 'Size', text: sizeText(manifest.bytes) },
    ...(manifest.format === 'csv' ? cellFacts(manifest) : []),
    ...(manifest.attempts > 1
      ? [{ term: 'Attempts', text: `${manifest.attempts}: it was interrupted and made anew` }]
      : []),
  ];
}

/** Zeros are said too: that nothing was cut is what a reader wants to know. */
function cellFacts({ cut_cells: cut, inert_cells: inert }: ExportManifest): readonly JobFact[] {
  return [
    { term: 'Cells cut', text: cut === 0 ? 'None' : `${cut.toLocaleString()}, to what Excel holds` },
    {
      term: 'Cells made text',
      text: inert === 0 ? 'None' : `${inert.toLocaleString()}, so that nothing runs`,
    },
  ];
}

function whenKnown(term: string, instant: string | null): readonly JobFact[] {
  return instant === null ? [] : [{ term, instant }];
}
