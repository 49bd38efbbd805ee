import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import helmet from 'helmet';

/** Serves OpenAPI at /docs (and /docs-json), made of the zod schemas that also check the input. */
export function serveApiDocs(app: NestExpressApplication, serviceName: string): void {
  // Swagger's page needs its own scripts, styles and images; no other answer of a service is a page.
  app.use('/docs', helmet.contentSecurityPolicy({ useDefaults: false, directives: docsPolicy }));
  const outline = new DocumentBuilder().setTitle(serviceName).addBearerAuth().build();
  SwaggerModule.setup('docs', app, () => withProblemType(SwaggerModule.createDocument(app, outline)));
}

/** Nest calls every body JSON; a problem has a media type of its own (RFC 9457). Changes the document. */
function withProblemType(document: OpenAPIObject): OpenAPIObject {
  const operations = Object.values(document.paths).flatMap(({ get, post, delete: remove }) => [
    get,
    post,
    remove,
  ]);
  for (const response of operations.flatMap((operation) => Object.values(operation?.responses ?? {}))) {
    if (!response || !('content' in response) || !response.content) continue;
    const { 'application/json': json, ...others } = response.content;
    const schema = json?.schema && '$ref' in json.schema ? json.schema.$ref : '';
    if (json && schema.endsWith('Problem'))
      response.content = { ...others, 'application/problem+json': json };
  }
  return document;
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
