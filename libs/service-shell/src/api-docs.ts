import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import helmet from 'helmet';

/** Serves OpenAPI at /docs (and /docs-json), made of the zod schemas that also check the input. */
export function serveApiDocs(app: NestExpressApplication, serviceName: string): void {
  // Swagger's page needs its own scripts, styles and images; no other answer of a service is a page.
  app.use('/docs', helmet.contentSecurityPolicy({ useDefaults: false, directives: docsPolicy }));
  const outline = new DocumentBuilder().setTitle(serviceName).addBearerAuth().build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, outline));
}

const docsPolicy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
};
