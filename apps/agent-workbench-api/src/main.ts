import { parseConfig, runService } from '@chat-history/service-shell';
import { workbenchApiConfig } from './agent-workbench-api.config.js';
import { workbenchApiService } from './agent-workbench-api.service.js';

void runService(() => workbenchApiService(parseConfig(workbenchApiConfig, process.env)));
