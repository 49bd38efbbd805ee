# One of the three services, chosen by APP; the context is the repository:
#   docker build --file docker/service.Dockerfile --build-arg APP=ai-chatbot --tag ai-chatbot .
# Beside the service lie the commands of its own version: node /app/tools/migrate.mts, bootstrap-db.mts, create-agent.mts,
# reconcile.mts.

FROM node:24-bookworm-slim AS manifests
WORKDIR /repo
COPY . .
# Only what npm reads, so that a changed source does not install everything anew.
RUN mkdir /manifests \
 && find . -name package.json -not -path '*/node_modules/*' -exec cp --parents {} /manifests \; \
 && cp package-lock.json .npmrc /manifests

FROM node:24-bookworm-slim AS build
ARG APP
WORKDIR /repo
COPY --from=manifests /manifests .
# No package that the build needs has an install script that matters here.
RUN npm ci --ignore-scripts
COPY . .
RUN npx tsc -b "apps/${APP}/tsconfig.build.json" \
 && mkdir /built \
 && find libs apps -path '*/dist/*' -not -path '*/node_modules/*' \( -name '*.js' -o -name '*.mjs' -o -name '*.json' \) -exec cp --parents {} /built \;

FROM node:24-bookworm-slim AS dependencies
ARG APP
WORKDIR /app
COPY --from=manifests /manifests .
RUN npm ci --ignore-scripts --omit=dev --workspace "apps/${APP}"

FROM node:24-bookworm-slim
ARG APP
ENV NODE_ENV=production APP=${APP} CHAT_HISTORY_SPOOL_DIR=/spool EXPORT_DIR=/exports
RUN mkdir /spool /exports && chown node:node /spool /exports && chmod 700 /exports
WORKDIR /app
COPY --from=dependencies /app .
COPY --from=build /built .
COPY docker/healthcheck.mjs docker/
COPY tools/migrate.mts tools/bootstrap-db.mts tools/create-agent.mts tools/reconcile.mts tools/
COPY tools/command.mts tools/retention-days.mts tools/
COPY tools/postgres/bootstrap-database.mts tools/postgres/scram-verifier.mts tools/postgres/
COPY tools/reconcile/*.mts tools/reconcile/
USER node
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["node", "docker/healthcheck.mjs"]
# `exec`: SIGTERM must reach the service, which then drains. With 8 MiB for young objects instead of 16 an export of a
# million messages grows the process by 10 MiB instead of 57 to 70, and is no slower; and what a collection blocks the event
# loop for is halved.
CMD ["sh", "-c", "exec node --max-semi-space-size=8 apps/$APP/dist/main.js"]
