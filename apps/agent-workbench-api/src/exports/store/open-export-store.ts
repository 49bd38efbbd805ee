import type { WorkbenchApiConfig } from '../../agent-workbench-api.config.js';
import { DirectoryStore } from './directory-store.js';
import type { ExportStore } from './export-store.js';

/** In S3 when a bucket is named, else in a folder. Nothing is asked of either before there is a file. */
export async function openExportStore(config: WorkbenchApiConfig): Promise<ExportStore> {
  const {
    EXPORT_S3_BUCKET: bucket,
    EXPORT_S3_ENDPOINT: endpoint,
    EXPORT_S3_ACCESS_KEY_ID: accessKeyId,
    EXPORT_S3_SECRET_ACCESS_KEY: secretAccessKey,
  } = config;
  if (bucket === undefined) return new DirectoryStore(config.EXPORT_DIR);
  // Only where it is needed: AWS's SDK takes 35 MB.
  const { S3Store } = await import('./s3-store.js');
  return new S3Store({
    bucket,
    prefix: config.EXPORT_S3_PREFIX,
    region: config.EXPORT_S3_REGION,
    ...(endpoint !== undefined && { endpoint }),
    // Storages other than AWS seldom have a host for each bucket.
    forcePathStyle: config.EXPORT_S3_FORCE_PATH_STYLE ?? endpoint !== undefined,
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
  });
}
