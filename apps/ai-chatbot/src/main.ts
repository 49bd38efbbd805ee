import { parseConfig, runService } from '@chat-history/service-shell';
import { chatbotConfig } from './ai-chatbot.config.js';
import { chatbotService } from './ai-chatbot.service.js';

void runService(() => chatbotService(parseConfig(chatbotConfig, process.env)));
